import type { Logger } from '@marquee/runtime/logger';
import { MAX_TOLD_OMISSIONS, type Omissions } from '../domain/omissions.ts';

/** Logs the first omissions of a run, each with its place, and says once that there are more; the summary counts them all. */
export function logOmissions(logger: Logger): (omissions: Omissions) => void {
  let logged = 0;
  return ({ count, first }) => {
    if (logged > MAX_TOLD_OMISSIONS) return;
    const told = first.slice(0, MAX_TOLD_OMISSIONS - logged);
    for (const omission of told) logger.warn(omission, "left out of TMDb's answer");
    logged += told.length;
    if (count === told.length) return;
    logged = MAX_TOLD_OMISSIONS + 1;
    logger.warn("more is left out of TMDb's answers; no more of it is logged");
  };
}
