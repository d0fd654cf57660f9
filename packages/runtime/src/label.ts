/** The longest label, in UTF-16 code units. */
const MAX_LABEL_LENGTH = 100;

/** Label for names that are too long to be labels. */
export const OTHER = 'other';

/**
 * Returns a name chosen by a client or a subgraph as a label of a metric, an attribute of a span or a field of a log. Names longer than 100
 * characters become `other`, since every time series stores, copies and sends its labels.
 */
export function labelOf(name: string): string {
  return name.length <= MAX_LABEL_LENGTH ? name : OTHER;
}
