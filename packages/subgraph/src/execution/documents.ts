import { cutMessage, MAX_REFUSALS } from '@marquee/graphql-over-http/error-limits';
import { parseDocument } from '@marquee/graphql-over-http/parse-document';
import { GraphQLError, type GraphQLSchema, NoSchemaIntrospectionCustomRule, specifiedRules, validate } from 'graphql';
import { LRUCache } from 'lru-cache';
import { conditionVariables } from './conditions.ts';
import { MAX_PLANS, type Operation, operationOf } from './operation.ts';

/**
 * Limits of the cache: documents, and characters of their texts. A planned document takes about 35 bytes for each character (measured with
 * random operations on the schema of movies). A document with several possible plans counts for each.
 */
const MAX_DOCUMENTS = 2_000;
const MAX_TEXT = 1024 * 1024;

/** A parsed document with its operations, or its errors. */
interface Checked {
  /** Maximum number of its plans. */
  readonly plans: number;
  readonly errors: readonly GraphQLError[];
  operation(name: string | undefined): Operation | undefined;
}

/** Returns the operation of a request, or errors with codes. */
export type FindOperation = (text: string, operationName: string | undefined) => Operation | readonly GraphQLError[];

/**
 * Returns a function that parses, validates and plans texts, with a cache of recent ones.
 *
 * @param introspection true when introspection and suggestions in validation errors are allowed
 */
export function createDocuments(schema: GraphQLSchema, introspection: boolean): FindOperation {
  const cache = new LRUCache<string, Checked>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_TEXT,
    sizeCalculation: ({ plans }, text) => Math.max(text.length * plans, 1),
  });
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];

  function check(text: string): Checked {
    try {
      const document = parseDocument(text);
      const errors = validate(schema, document, rules, { maxErrors: MAX_REFUSALS, hideSuggestions: !introspection });
      if (errors.length > 0) {
        return refused(errors.map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED')));
      }
      const operations = new Map<string | undefined, Operation | undefined>();
      return {
        plans: Math.min(2 ** conditionVariables(document).length, MAX_PLANS),
        errors: [],
        operation(name) {
          const operation = operations.get(name) ?? operationOf(schema, document, name, introspection);
          if (operation !== undefined) operations.set(name, operation);
          return operation;
        },
      };
    } catch (error) {
      if (error instanceof GraphQLError) return refused([coded(error, 'GRAPHQL_PARSE_FAILED')]);
      throw error;
    }
  }

  return (text, operationName) => {
    let checked = cache.get(text);
    if (checked === undefined) {
      checked = check(text);
      cache.set(text, checked);
    }
    if (checked.errors.length > 0) return checked.errors;
    return checked.operation(operationName) ?? [unknownOperation(operationName)];
  };
}

function refused(errors: readonly GraphQLError[]): Checked {
  return { plans: 1, errors, operation: () => undefined };
}

function unknownOperation(name: string | undefined): GraphQLError {
  const message =
    name === undefined
      ? 'Must provide operation name if query contains multiple operations.'
      : `Unknown operation named ${JSON.stringify(cutMessage(name))}.`;
  return new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } });
}

function coded(error: GraphQLError, code: string): GraphQLError {
  const { nodes = null, source = null, positions = null } = error;
  return new GraphQLError(cutMessage(error.message), { nodes, source, positions, extensions: { code } });
}
