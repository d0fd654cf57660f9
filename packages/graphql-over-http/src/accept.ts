import { parse } from 'content-type';
import { LRUCache } from 'lru-cache';

/** One media range of an `Accept` header (RFC 9110, section 12.5.1). */
export interface MediaRange {
  /** Lower case: `application/json`, `application/*`. */
  readonly type: string;
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** The weight, from 0 (not acceptable) to 1. */
  readonly quality: number;
}

/** The longest cached value. Clients repeat few values; longer ones, and those beyond the cache, are parsed each time. */
const MAX_CACHED_CHARACTERS = 512;
const cached = new LRUCache<string, readonly MediaRange[]>({ max: 100 });

/** Parses an `Accept` header; no header accepts everything. */
export function mediaRanges(accept = '*/*'): readonly MediaRange[] {
  const existing = cached.get(accept);
  if (existing !== undefined) return existing;
  const ranges: MediaRange[] = [];
  for (let start = 0; start <= accept.length; ) {
    const { type, parameters, index } = parse(accept, { start, comma: true });
    if (type !== '') ranges.push({ type, parameters, quality: qualityOf(parameters.q) });
    start = index + 1;
  }
  if (accept.length <= MAX_CACHED_CHARACTERS) cached.set(accept, ranges);
  return ranges;
}

/** Returns the quality of a media type: that of the most specific range that includes it, 0 without one. */
export function qualityOfType(ranges: readonly MediaRange[], type: string): number {
  const [family] = type.split('/');
  for (const candidate of [type, `${family}/*`, '*/*']) {
    const matching = ranges.filter((range) => range.type === candidate);
    if (matching.length > 0) return Math.max(...matching.map(({ quality }) => quality));
  }
  return 0;
}

/** Parses a weight; an invalid one counts as 1 (RFC 9110, section 12.4.2). */
function qualityOf(weight: string | undefined): number {
  const quality = Number(weight ?? 1);
  return quality >= 0 && quality <= 1 ? quality : 1;
}
