import { Link } from 'wouter';
import { Portrait } from '../../components/portrait.tsx';
import { Section } from '../../components/section.tsx';
import { personPath } from '../../routing/paths.ts';
import type { PageMovie } from './page-movie.ts';

export function MovieCast({ movie: { cast } }: { readonly movie: PageMovie }) {
  const { edges, totalCount } = cast;
  return (
    <Section title="Cast" aside={<span className="count">{totalCount}</span>}>
      {edges.length === 0 && <p className="empty">The cast is unknown.</p>}
      <ul className="people">
        {edges.map(({ node: { id, character, person } }) => (
          <li key={id}>
            <Link className="person" href={personPath(person)}>
              <Portrait name={person.name} url={person.profileUrl} />
              <span className="person-name">{person.name}</span>
              {character && <span className="person-note">{character}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
