import { IDENTITY_HEADER } from '@marquee/trust/identity';
import { z } from 'zod';
import type { HeaderRule, HeaderRules } from '../subgraphs/header-forwarding.ts';

/** A name of a field (RFC 9110, section 5.6.2). */
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** A value of a field, without what could begin another one (RFC 9110, section 5.5). */
const VALUE = /^(?:[\x21-\x7e](?:[\x20\x21-\x7e]*[\x21-\x7e])?)?$/;

/**
 * Headers that are never forwarded: those of one connection or message (RFC 9110, sections 7.6.1, 7.2 and 10.1.1), and
 * those that the gateway sets itself.
 */
const NEVER = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'expect',
  'accept',
  'accept-encoding',
  'signature',
  'signature-input',
  'traceparent',
  'tracestate',
  'apollo-federation-include-trace',
  IDENTITY_HEADER,
]);

/** Credentials, which only a rule with their name forwards. */
const ONLY_NAMED = new Set(['authorization', 'cookie']);

const isRefused = (name: string) => NEVER.has(name) || name.startsWith('content-');

/** Returns true for a header that a pattern may forward. */
export const isForwardable = (name: string): boolean => !isRefused(name) && !ONLY_NAMED.has(name);

const name = z
  .string()
  .transform((text) => text.toLowerCase())
  .refine((text) => NAME.test(text), 'must be the name of a header')
  .refine((text) => !isRefused(text), 'must be a header that may be forwarded; this one never is');

const value = z.string().refine((text) => VALUE.test(text), 'must be visible ASCII, with spaces only within');

const pattern = z.string().transform((text, issues) => {
  try {
    return new RegExp(text, 'i');
  } catch {
    issues.addIssue('must be a regular expression');
    return z.NEVER;
  }
});

const rule = z.union([
  z.strictObject({ propagate: name, as: name.optional(), default: value.optional() }).transform((given): HeaderRule => {
    const { propagate, as = propagate, default: fallback } = given;
    return { kind: 'propagate', name: propagate, as, fallback };
  }),
  z
    .strictObject({ matching: pattern })
    .transform((given): HeaderRule => ({ kind: 'matching', pattern: given.matching })),
  z
    .strictObject({ insert: name, value })
    .transform((given): HeaderRule => ({ kind: 'insert', name: given.insert, value: given.value })),
]);

const document = z.strictObject({
  all: z.array(rule).default([]),
  subgraphs: z.record(z.string(), z.array(rule)).default({}),
});

/** Parses header rules from JSON; undefined without any. */
export const headerRules = z
  .string()
  .optional()
  .transform((text, issues): HeaderRules | undefined => {
    if (text === undefined) return undefined;
    let given: unknown;
    try {
      given = JSON.parse(text);
    } catch {
      issues.addIssue('must be JSON; HEADER_RULES_FILE names a file of it');
      return z.NEVER;
    }
    const { data, error } = document.safeParse(given);
    if (error === undefined) return { all: data.all, subgraphs: new Map(Object.entries(data.subgraphs)) };
    for (const { path, message } of error.issues.flatMap(meant)) issues.addIssue(`${path.join('.')}: ${message}`);
    return z.NEVER;
  });

/** Returns the issues of the kind of rule that was meant: the only one without unrecognized keys. */
function meant(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string }[] {
  if (issue.code !== 'invalid_union') return [issue];
  const others = issue.errors.filter((issues) => !issues.some(({ code }) => code === 'unrecognized_keys'));
  const [first] = others.length === 1 ? others : [];
  if (first === undefined) {
    return [{ path: issue.path, message: 'must be {"propagate": …}, {"matching": …} or {"insert": …, "value": …}' }];
  }
  return first.map(({ path, message }) => ({ path: [...issue.path, ...path], message }));
}
