import type { Logger } from '@marquee/runtime/logger';
import { MAX_LISTED_OMISSIONS, type Omissions } from '../domain/omissions.ts';

/** Logs the first omissions of a run with their paths, and one line for all further ones; the summary counts them. */
export function logOmissions(logger: Logger): (omissions: Omissions) => void {
  let logged = 0;
  return ({ count, first }) => {
    if (logged > MAX_LISTED_OMISSIONS) return;
    const listed = first.slice(0, MAX_LISTED_OMISSIONS - logged);
    for (const omission of listed) logger.warn(omission, "omitted from TMDb's response");
    logged += listed.length;
    if (count === listed.length) return;
    logged = MAX_LISTED_OMISSIONS + 1;
    logger.warn("further omissions from TMDb's responses are counted and not logged");
  };
}
