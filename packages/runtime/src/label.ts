/** UTF-16 code units of a label. */
const MAX_LABEL_LENGTH = 100;

/** Label for names that are too long to be labels. */
export const OTHER = 'other';

/**
 * A name that a client or a subgraph chose, as a label of a metric, an attribute of a trace or a field of a log: `other` for one that is
 * longer than 100 characters, since a label is kept, copied and sent for each time series.
 */
export function labelOf(name: string): string {
  return name.length <= MAX_LABEL_LENGTH ? name : OTHER;
}
