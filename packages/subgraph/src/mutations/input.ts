import { isBlank, isStorableText } from '@marquee/runtime/text';
import { z } from 'zod';
import { type ArgumentPath, type InputFault, MAX_FAULTS } from './refusal.ts';

/**
 * Checks an input beyond GraphQL's types. Returns at most {@link MAX_FAULTS} faults, and one more when there are more.
 *
 * @param path of the input in the arguments
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  path: ArgumentPath,
): { readonly value: z.output<Schema> } | { readonly faults: readonly InputFault[] } {
  const result = schema.safeParse(input);
  if (result.success) return { value: result.data };
  return {
    faults: result.error.issues.slice(0, MAX_FAULTS + 1).map((issue) => ({
      path: [...path, ...issue.path.map(String)],
      message: issue.message,
      code: codeOf(issue),
    })),
  };
}

function codeOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom') return typeof issue.params?.code === 'string' ? issue.params.code : 'INVALID';
  if (issue.code === 'too_big') return issue.origin === 'string' || issue.origin === 'array' ? 'TOO_LONG' : 'TOO_LARGE';
  if (issue.code === 'too_small') {
    return issue.origin === 'string' || issue.origin === 'array' ? 'TOO_SHORT' : 'TOO_SMALL';
  }
  return 'INVALID';
}

/** Text that Postgres can hold, without blanks around it, that shows something, of at most `max` characters (UTF-16 code units). */
export function text(max: number) {
  return storable(z.string())
    .trim()
    .refine((value) => !isBlank(value), {
      message: 'Send some text, or null for none.',
      params: { code: 'TOO_SHORT' },
    })
    .max(max, { error: `Send at most ${max} characters.` });
}

const storable = (schema: z.ZodString) =>
  schema.refine(isStorableText, {
    message: 'Leave out the character U+0000 and halves of surrogate pairs.',
    params: { code: 'UNSTORABLE' },
  });

/** An absolute http or https address as it can be shown and followed: without credentials, blanks and control characters. */
export function webAddress() {
  return text(2_000).refine(isWebAddress, {
    message: 'Send an absolute http or https address without a user name, such as https://example.org/movie.',
    params: { code: 'NO_ADDRESS' },
  });
}

/** Characters that an address does not show as they are, or that parsers of addresses leave out or exchange. */
const UNSEEN = /[\p{C}\p{Z}\\]/u;

function isWebAddress(text: string): boolean {
  if (!/^https?:\/\/[^/]/i.test(text) || UNSEEN.test(text)) return false;
  const url = URL.parse(text);
  return url !== null && url.username === '' && url.password === '' && !authorityOf(text).includes('@');
}

/** The part between the scheme and the path (RFC 3986, section 3.2): `URL` forgets an empty user name. */
function authorityOf(text: string): string {
  return /^[^:]*:\/\/([^/?#]*)/.exec(text)?.[1] ?? '';
}

/** A finite number. @param min the least, @param max the greatest */
export function decimal(min: number, max: number) {
  return z
    .number({ error: 'Send a finite number.' })
    .min(min, { error: `Send ${min} or more.` })
    .max(max, { error: `Send ${max} or less.` });
}

/** A whole number. @param min the least, @param max the greatest */
export function wholeNumber(min: number, max: number) {
  return z
    .int({ error: 'Send a whole number.' })
    .min(min, { error: `Send ${min} or more.` })
    .max(max, { error: `Send ${max} or less.` });
}
