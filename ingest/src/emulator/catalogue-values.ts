import { isBlank } from '@marquee/runtime/text';
import { z } from 'zod';

// Schemas of the values in a catalogue's records.

export const id = z.int().min(1).max(2_147_483_647);
export const name = z.string().refine((value) => !isBlank(value), { error: 'must hold more than blanks' });
/** A text that may be empty, but not blank. */
export const text = z
  .string()
  .refine((value) => value === '' || !isBlank(value), { error: 'must hold more than blanks, or nothing' });
export const quantity = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
export const languageCode = z.string().regex(/^[a-z]{2,3}$/, 'must be an ISO 639 code in lower case');
export const countryCode = z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 code in upper case');
