import { createElement, type FunctionComponent, type ReactNode, Suspense } from 'react';
import reactRelay from 'react-relay';
import type { GraphQLTaggedNode, IEnvironment, OperationType } from 'relay-runtime';

const { RelayEnvironmentProvider, useLazyLoadQuery, usePaginationFragment } = reactRelay;

/** Number of items that the button `More` loads. */
export const MORE = 4;

interface Connection<Node> {
  readonly edges: readonly { readonly node: Node }[];
}

/** Data of the fragments, of which each reads one connection. */
interface Data {
  readonly cast: Connection<{ readonly character: string | null; readonly person: { readonly name: string } }>;
  readonly filmography: Connection<{ readonly movie: { readonly title: string } | null; readonly department: string }>;
  readonly movies: Connection<{ readonly title: string; readonly directors: readonly { readonly name: string }[] }>;
}

/** A page of the app: a query for one object, and a fragment that paginates one of its connections. */
export interface Page {
  readonly query: GraphQLTaggedNode;
  /** Root field of the query. */
  readonly root: string;
  readonly fragment: GraphQLTaggedNode;
  /** Returns the texts of the loaded items. */
  readonly items: (data: Data) => readonly string[];
}

/** Returns the pages of the app. The compiler finds the definitions in this file. */
export function pagesOf(graphql: (text: TemplateStringsArray) => GraphQLTaggedNode) {
  const cast: Page = {
    query: graphql`query appCastQuery($id: ID!) { movie(id: $id) { ...appCast_movie } }`,
    root: 'movie',
    fragment: graphql`
      fragment appCast_movie on Movie
      @argumentDefinitions(count: { type: "Int", defaultValue: 5 }, cursor: { type: "String" })
      @refetchable(queryName: "appCastPaginationQuery") {
        cast(first: $count, after: $cursor) @connection(key: "appCast_cast") {
          edges { node { character person { name } } }
        }
      }
    `,
    items: (data) => data.cast.edges.map(({ node }) => `${node.character}: ${node.person.name}`),
  };
  const filmography: Page = {
    query: graphql`query appFilmographyQuery($id: ID!) { person(id: $id) { ...appFilmography_person } }`,
    root: 'person',
    fragment: graphql`
      fragment appFilmography_person on Person
      @argumentDefinitions(count: { type: "Int", defaultValue: 1 }, cursor: { type: "String" })
      @refetchable(queryName: "appFilmographyPaginationQuery") {
        filmography(first: $count, after: $cursor) @connection(key: "appFilmography_filmography") {
          edges { node { department movie { title } } }
        }
      }
    `,
    items: (data) => data.filmography.edges.map(({ node }) => `${node.movie?.title}: ${node.department}`),
  };
  const collection: Page = {
    query: graphql`query appCollectionQuery($id: ID!) { collection(id: $id) { ...appCollection_collection } }`,
    root: 'collection',
    fragment: graphql`
      fragment appCollection_collection on Collection
      @argumentDefinitions(count: { type: "Int", defaultValue: 1 }, cursor: { type: "String" })
      @refetchable(queryName: "appCollectionPaginationQuery") {
        movies(first: $count, after: $cursor) @connection(key: "appCollection_movies") {
          edges { node { title directors { name } } }
        }
      }
    `,
    items: (data) => data.movies.edges.map(({ node }) => `${node.title}: ${node.directors.map(({ name }) => name)}`),
  };
  return { cast, filmography, collection };
}

interface Key {
  readonly ' $data': Data;
  readonly ' $fragmentSpreads': never;
}
type Query = OperationType & { readonly response: Readonly<Record<string, Key | null>> };

/** The items of a connection, with a button for the next page and one that loads the first page again. */
function List({ page, parent }: { readonly page: Page; readonly parent: Key }): ReactNode {
  const { data, hasNext, loadNext, refetch } = usePaginationFragment<Query, Key>(page.fragment, parent);
  return [
    ...page.items(data).map((item, index) => createElement('li', { key: index }, item)),
    createElement(
      'button',
      { type: 'button', key: 'Again', onClick: () => refetch({}, { fetchPolicy: 'network-only' }) },
      'Again',
    ),
    hasNext && createElement('button', { type: 'button', key: 'More', onClick: () => loadNext(MORE) }, 'More'),
  ];
}

type Provider = FunctionComponent<{ readonly environment: IEnvironment }>;

function PageOf({ page, id }: { readonly page: Page; readonly id: string }): ReactNode {
  const parent = useLazyLoadQuery<Query>(page.query, { id })[page.root];
  return parent ? createElement(List, { page, parent }) : 'Not found.';
}

/** One page of the app for the object with this `id`. */
export function App({
  environment,
  ...page
}: {
  readonly environment: IEnvironment;
  readonly page: Page;
  readonly id: string;
}): ReactNode {
  const content = createElement(Suspense, { fallback: 'Loading …' }, createElement(PageOf, page));
  return createElement(RelayEnvironmentProvider as Provider, { environment }, content);
}
