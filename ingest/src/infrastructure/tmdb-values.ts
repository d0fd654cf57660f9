import { isBlank, isStorableText } from '@marquee/runtime/text';
import { z } from 'zod';
import { isDay, toMoment } from '../domain/moment.ts';

// Schemas of single values and lists in TMDb's bodies. lenient-reading.ts omits the values that violate them.

export const INT4 = 2_147_483_647;
const NAME = 600;

export const storable = (max: number) =>
  z.string().max(max).refine(isStorableText, { error: 'it contains U+0000 or an unpaired surrogate' });

/** Optional text; a blank text is null. */
export const text = (max = NAME) =>
  storable(max)
    .transform((value) => (isBlank(value) ? null : value))
    .nullish()
    .default(null);

/** Text that is not blank. */
export const label = (max = NAME) => storable(max).refine((value) => !isBlank(value), { error: 'it is blank' });

/** A text in a specific format. @param read returns the parsed value, or undefined for another format */
export const formed = (read: (value: string) => string | undefined, error: string) =>
  z.string().transform((value, ctx) => {
    const parsed = read(value);
    if (parsed !== undefined) return parsed;
    ctx.addIssue({ code: 'custom', message: error, input: value });
    return z.NEVER;
  });

/** The same for an optional value, for which TMDb has an empty text. */
export const formedIfKnown = (...[read, error]: Parameters<typeof formed>) =>
  formed((value) => (isBlank(value) ? '' : read(value)), error)
    .transform((value) => value || null)
    .nullish()
    .default(null);

type Form = Parameters<typeof formed>;
export const COUNTRY: Form = [
  (value) => (/^[A-Z]{2}$/.test(value) ? value : undefined),
  'it is not an ISO 3166-1 code',
];
export const LANGUAGE: Form = [
  (value) => (/^[a-z]{2,3}$/.test(value) ? value : undefined),
  'it is not an ISO 639 code',
];
export const DAY: Form = [(value) => (isDay(value) ? value : undefined), 'it is not a date'];
export const MOMENT: Form = [toMoment, 'it is not a timestamp'];

export const whole = (max = INT4, min = 0) => z.int().min(min).max(max);
export const quantity = (max?: number) => whole(max).nullish().default(null);
export const decimal = (max = Number.MAX_VALUE) => z.number().min(0).max(max).nullish().default(null);
export const truth = () => z.boolean().nullish().default(null);

/** A list of at most `max` entries, empty when absent. @param keyOf the first of several entries with equal keys is kept */
export function list<Item extends z.ZodType>(item: Item, max: number, keyOf?: (entry: z.output<Item>) => unknown) {
  return z
    .array(z.unknown())
    .max(max)
    .pipe(z.array(item.optional()))
    .superRefine((entries, ctx) => {
      if (keyOf === undefined) return;
      const keys = new Set<unknown>();
      for (const [index, entry] of entries.entries()) {
        if (entry === undefined) continue;
        const key = keyOf(entry);
        if (keys.has(key)) ctx.addIssue({ code: 'custom', path: [index], message: 'it is a duplicate', input: entry });
        keys.add(key);
      }
    })
    .nullish()
    .transform((entries) => (entries ?? []).filter((entry) => entry !== undefined));
}

export const itself = (value: unknown) => value;
export const byId = ({ id }: { id: number }) => id;
