import { Link } from 'wouter';
import type { PagePositionFragment } from '../generated/graphql.ts';
import { withParameters } from '../routing/paths.ts';

interface PagerProps {
  readonly path: string;
  /** Parameters of the address that all pages have. */
  readonly parameters?: Readonly<Record<string, string | undefined>>;
  readonly pageInfo: PagePositionFragment;
}

/** Links to the previous and the next page of a list. */
export function Pager({ path, parameters = {}, pageInfo }: PagerProps) {
  const { hasNextPage, hasPreviousPage, startCursor, endCursor } = pageInfo;
  if (!hasNextPage && !hasPreviousPage) return null;
  const page = (cursor: Readonly<Record<string, string | undefined>>) =>
    withParameters(path, { ...parameters, ...cursor });
  return (
    <nav className="pager" aria-label="Pages">
      {hasPreviousPage && (
        <Link className="button quiet" href={page({ before: startCursor ?? undefined })}>
          Previous
        </Link>
      )}
      {hasNextPage && (
        <Link className="button quiet" href={page({ after: endCursor ?? undefined })}>
          Next
        </Link>
      )}
    </nav>
  );
}
