import type { FastifyInstance } from 'fastify';
import { hasInexactNumber, parseExact } from '../execution/exact-numbers.ts';
import { isObject } from '../execution/own-property.ts';

type Variables = Readonly<Record<string, unknown>>;

/** Texts from which variables were parsed with other numbers than they have. */
const texts = new WeakMap<object, () => unknown>();

/** Reads JSON bodies as Fastify does, and remembers the text of those with numbers that parsing changes. */
export function registerExactVariables(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    parse(request, text as string, (error, body) => {
      if (isObject(body) && isObject(body.variables) && hasInexactNumber(text as string)) {
        texts.set(body.variables, () => (parseExact(text as string) as { variables: unknown }).variables);
      }
      done(error, body);
    });
  });
}

/** Remembers the text of the variables of a GET. */
export function rememberQueryVariables(url: string, variables: unknown): void {
  if (!isObject(variables)) return;
  const text = new URL(url, 'http://localhost').searchParams.get('variables') ?? '';
  if (hasInexactNumber(text)) texts.set(variables, () => parseExact(text));
}

/** The variables with the numbers that the client wrote. */
export function exactVariables(variables: Variables): Variables {
  const exact = texts.get(variables)?.();
  return isObject(exact) ? exact : variables;
}
