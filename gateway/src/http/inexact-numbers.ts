import type { FastifyInstance } from 'fastify';
import { hasInexactNumber, parseExact } from '../graphql/exact-numbers.ts';
import { isObject } from '../graphql/own-property.ts';
import { registerExactParse } from '../operations/coerce-variables.ts';

/** Parses JSON bodies as Fastify does, and registers variables with numbers that parsing changes. */
export function registerJsonParser(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    parse(request, text as string, (error, body) => {
      if (isObject(body) && isObject(body.variables) && hasInexactNumber(text as string)) {
        registerExactParse(body.variables, () => (parseExact(text as string) as { variables: unknown }).variables);
      }
      done(error, body);
    });
  });
}

/** Registers the variables of a GET with numbers that parsing changes. */
export function registerQueryVariables(url: string, variables: unknown): void {
  if (!isObject(variables)) return;
  const text = new URL(url, 'http://localhost').searchParams.get('variables') ?? '';
  if (hasInexactNumber(text)) registerExactParse(variables, () => parseExact(text));
}
