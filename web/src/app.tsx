import { lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { Problem } from './components/problem.tsx';
import { Layout } from './layout/layout.tsx';
import { PageBoundary } from './layout/page-boundary.tsx';
import { useTitle } from './routing/use-title.ts';
import { SessionProvider } from './session/session.tsx';

const BrowsePage = lazy(async () => ({ default: (await import('./pages/browse/browse-page.tsx')).BrowsePage }));
const ChartsPage = lazy(async () => ({ default: (await import('./pages/charts/charts-page.tsx')).ChartsPage }));
const RatingsPage = lazy(async () => ({ default: (await import('./pages/ratings/ratings-page.tsx')).RatingsPage }));
const HomePage = lazy(async () => ({ default: (await import('./pages/home/home-page.tsx')).HomePage }));
const MoviePage = lazy(async () => ({ default: (await import('./pages/movie/movie-page.tsx')).MoviePage }));
const PersonPage = lazy(async () => ({ default: (await import('./pages/person/person-page.tsx')).PersonPage }));
const SearchPage = lazy(async () => ({ default: (await import('./pages/search/search-page.tsx')).SearchPage }));

function UnknownPage() {
  useTitle('Page not found');
  return (
    <Problem title="No page has this address">
      Search for a movie or a person, or start at the <a href="/">home page</a>.
    </Problem>
  );
}

export function App() {
  return (
    <SessionProvider>
      <Layout>
        <PageBoundary>
          <Suspense fallback={<div className="page-pending" />}>
            <Switch>
              <Route path="/">
                <HomePage />
              </Route>
              <Route path="/movies/:id/:name?">{({ id }) => <MoviePage key={id} id={id} />}</Route>
              <Route path="/people/:id/:name?">{({ id }) => <PersonPage key={id} id={id} />}</Route>
              <Route path="/search">
                <SearchPage />
              </Route>
              <Route path="/browse">
                <BrowsePage />
              </Route>
              <Route path="/charts/:name">{({ name }) => <ChartsPage name={name} />}</Route>
              <Route path="/ratings">
                <RatingsPage />
              </Route>
              <Route>
                <UnknownPage />
              </Route>
            </Switch>
          </Suspense>
        </PageBoundary>
      </Layout>
    </SessionProvider>
  );
}
