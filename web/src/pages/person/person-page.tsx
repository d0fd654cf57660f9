import { Link, useSearchParams } from 'wouter';
import { Portrait } from '../../components/portrait.tsx';
import { Problem, RequestProblem } from '../../components/problem.tsx';
import { Section } from '../../components/section.tsx';
import { PersonDocument } from '../../generated/graphql.ts';
import { usePage } from '../../graphql/use-page.ts';
import { personPath } from '../../routing/paths.ts';
import { useTitle } from '../../routing/use-title.ts';
import { Biography } from './biography.tsx';
import { Filmography } from './filmography.tsx';
import { PersonFacts } from './person-facts.tsx';

export function PersonPage({ id }: { readonly id: string }) {
  const [parameters] = useSearchParams();
  const after = parameters.get('after');
  const { data, error, retry } = usePage(PersonDocument, { id, after });
  const person = data?.person;
  useTitle(person === undefined ? undefined : (person?.name ?? 'Person not found'));
  if (person === undefined) {
    return error ? <RequestProblem error={error} onRetry={retry} /> : <div className="page-pending" />;
  }
  if (person === null) {
    if (error) return <RequestProblem error={error} onRetry={retry} />;
    return <Problem title="No such person">No person has the id {id}. They may have been deleted.</Problem>;
  }
  const coStars = person.coStars?.edges ?? [];
  return (
    <article className="page person-page">
      <header className="person-head">
        <Portrait name={person.name} url={person.profileUrl} />
        <div>
          <p className="eyebrow">{person.knownForDepartment ?? 'Person'}</p>
          <h1>{person.name}</h1>
          {person.originalName !== null && person.originalName !== person.name && (
            <p className="muted">{person.originalName}</p>
          )}
          <PersonFacts person={person} />
        </div>
      </header>
      {person.biography && <Biography text={person.biography} />}
      <Filmography credits={person.filmography} person={person} isFirst={after === null} />
      {coStars.length > 0 && (
        <Section title="Often seen with">
          <ul className="people">
            {coStars.map(({ node, sharedMovieCount }) => (
              <li key={node.id}>
                <Link className="person" href={personPath(node)}>
                  <Portrait name={node.name} url={node.profileUrl} />
                  <span className="person-name">{node.name}</span>
                  <span className="person-note">
                    {sharedMovieCount === 1 ? '1 movie' : `${sharedMovieCount} movies`}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </article>
  );
}
