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

/** Returns the schema of trimmed text with visible characters that Postgres can store. @param max its length in UTF-16 code units */
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

/** Returns the schema of an absolute http or https address without credentials, spaces and control characters. */
export function webAddress() {
  return text(2_000).refine(isWebAddress, {
    message: 'Send an absolute http or https address without a user name, such as https://example.org/movie.',
    params: { code: 'NO_ADDRESS' },
  });
}

/** Characters that are invisible in an address, or that parsers of addresses remove or replace. */
const UNSEEN = /[\p{C}\p{Z}\\]/u;

function isWebAddress(text: string): boolean {
  if (!/^https?:\/\/[^/]/i.test(text) || UNSEEN.test(text)) return false;
  const url = URL.parse(text);
  return url !== null && url.username === '' && url.password === '' && !authorityOf(text).includes('@');
}

/** Returns the part between the scheme and the path (RFC 3986, section 3.2): `URL` drops an empty user name. */
function authorityOf(text: string): string {
  return /^[^:]*:\/\/([^/?#]*)/.exec(text)?.[1] ?? '';
}

/** Returns the schema of a finite number. @param min the least, @param max the greatest */
export function decimal(min: number, max: number) {
  return z
    .number({ error: 'Send a finite number.' })
    .min(min, { error: `Send ${min} or more.` })
    .max(max, { error: `Send ${max} or less.` });
}

/** Returns the schema of a whole number. @param min the least, @param max the greatest */
export function wholeNumber(min: number, max: number) {
  return z
    .int({ error: 'Send a whole number.' })
    .min(min, { error: `Send ${min} or more.` })
    .max(max, { error: `Send ${max} or less.` });
}
