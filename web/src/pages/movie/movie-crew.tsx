import { Link } from 'wouter';
import { Section } from '../../components/section.tsx';
import { personPath } from '../../routing/paths.ts';
import type { PageMovie } from './page-movie.ts';

type Credit = NonNullable<PageMovie['crew']>['edges'][number]['node'];

/** Departments in the order of a movie's credits; others follow. */
const DEPARTMENTS = ['Directing', 'Writing', 'Production', 'Camera', 'Editing', 'Sound', 'Art'];

function byDepartment(credits: readonly Credit[]): readonly (readonly [string, readonly Credit[]])[] {
  const rank = (department: string) => DEPARTMENTS.indexOf(department) + 1 || DEPARTMENTS.length + 1;
  return [...Map.groupBy(credits, ({ department }) => department)].sort(([a], [b]) => rank(a) - rank(b));
}

interface MovieCrewProps {
  readonly movie: PageMovie;
  readonly isPending: boolean;
}

export function MovieCrew({ movie: { crew }, isPending }: MovieCrewProps) {
  if (!crew) return isPending ? <div className="section pending pending-block" /> : null;
  if (crew.edges.length === 0) return null;
  return (
    <Section title="Crew" aside={<span className="count">{crew.totalCount}</span>}>
      <div className="crew">
        {byDepartment(crew.edges.map(({ node }) => node)).map(([department, credits]) => (
          <div key={department} className="crew-department">
            <h3>{department}</h3>
            <ul>
              {credits.map(({ id, job, person }) => (
                <li key={id}>
                  <Link href={personPath(person)}>{person.name}</Link> <span className="muted">{job}</span>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </Section>
  );
}
