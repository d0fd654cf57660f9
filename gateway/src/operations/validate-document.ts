import { MAX_REFUSALS } from '@marquee/graphql-over-http/error-limits';
import { parseDocument } from '@marquee/graphql-over-http/parse-document';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { deferRule } from './rules/defer-rule.ts';
import { noIntrospectionRule } from './rules/no-introspection.ts';
import { limitRules, type OperationLimits } from './rules/operation-limits.ts';
import { repeatedField } from './rules/repeated-fields.ts';

/** Parses and validates a text, or says why it is refused; errors have codes, and are for clients to see. */
export type ValidateDocument = (text: string) => DocumentNode | readonly GraphQLError[];

export interface ValidationOptions {
  readonly limits: OperationLimits;
  /** True when clients may read the schema. */
  readonly introspection: boolean;
  /** True when messages may suggest names of the schema to clients. */
  readonly hints: boolean;
}

export function createDocumentValidator(
  schema: GraphQLSchema,
  { limits, introspection, hints }: ValidationOptions,
): ValidateDocument {
  const options = { maxErrors: MAX_REFUSALS, hideSuggestions: !hints };
  const stages: readonly (readonly ValidationRule[])[] = [
    [...specifiedRules, deferRule, ...(introspection ? [] : [noIntrospectionRule])],
    // These expect documents that the specification's rules let through.
    limitRules(limits),
  ];
  return (text) => {
    let document: DocumentNode;
    try {
      document = parseDocument(text, { maxTokens: limits.tokens });
    } catch (error) {
      if (error instanceof GraphQLError) return [withCode(error, parseCode(error))];
      throw error;
    }
    // Before the specification's rule of fields that can be merged, which compares each pair of one response key.
    const repeated = repeatedField(document, limits.repeats);
    if (repeated !== undefined) return [repeated];
    for (const rules of stages) {
      const errors = validate(schema, document, rules, options);
      if (errors.length > 0) return errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED'));
    }
    return document;
  };
}

/** The operation that is to be executed (GraphQL specification, section 6.1, GetOperation). */
export function selectOperation(
  document: DocumentNode,
  name: string | null | undefined,
): OperationDefinitionNode | GraphQLError {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const [only, ...more] = name == null ? operations : operations.filter((node) => node.name?.value === name);
  if (only !== undefined && more.length === 0) return only;
  const message =
    name == null
      ? 'Name the operation to run in `operationName`: the document does not have exactly one.'
      : `The document has no operation named ${JSON.stringify(name.slice(0, 100))}.`;
  return new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } });
}

/** Why an operation of a kind is not answered to such a request; undefined when it is. */
export function kindRejection(
  kind: OperationDefinitionNode['operation'],
  allowsMutation: boolean,
): GraphQLError | undefined {
  if (kind === 'subscription') {
    return new GraphQLError('Subscriptions are not answered here.', { extensions: { code: 'BAD_REQUEST' } });
  }
  if (kind === 'query' || allowsMutation) return undefined;
  const http = { status: 405, headers: { allow: 'POST' } };
  return new GraphQLError('A mutation is answered to POST alone.', { extensions: { code: 'BAD_REQUEST', http } });
}

/** How graphql-js ends a document that has too many tokens; the error has no code of its own. */
const TOO_MANY_TOKENS = 'Syntax Error: Document contains more that ';

const parseCode = ({ message }: GraphQLError) =>
  message.startsWith(TOO_MANY_TOKENS) ? 'TOKEN_LIMIT_EXCEEDED' : 'GRAPHQL_PARSE_FAILED';

/** An error with a code, its own if it has one. */
function withCode(error: GraphQLError, code: string): GraphQLError {
  const { nodes = null, source = null, positions = null, extensions } = error;
  return new GraphQLError(error.message, { nodes, source, positions, extensions: { code, ...extensions } });
}
