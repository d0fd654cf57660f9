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
import { conditionalSubscriptionRoot } from './rules/subscription-root.ts';

/** Parses and validates a text; errors have codes and are for clients. */
export type ValidateDocument = (text: string) => DocumentNode | readonly GraphQLError[];

export interface ValidationOptions {
  readonly limits: OperationLimits;
  /** True when clients may introspect the schema. */
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
    // These require documents that are valid by the specification.
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
    // Before OverlappingFieldsCanBeMerged, which compares every pair of fields with one response key.
    const repeated = repeatedField(document, limits.repeats);
    if (repeated !== undefined) return [repeated];
    const conditional = conditionalSubscriptionRoot(document);
    if (conditional !== undefined) return [conditional];
    for (const rules of stages) {
      const errors = validate(schema, document, rules, options);
      if (errors.length > 0) return errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED'));
    }
    return document;
  };
}

/** Selects the operation to execute (GraphQL specification, section 6.1, GetOperation). */
export function selectOperation(
  document: DocumentNode,
  name: string | null | undefined,
): OperationDefinitionNode | GraphQLError {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const [only, ...more] = name == null ? operations : operations.filter((node) => node.name?.value === name);
  if (only !== undefined && more.length === 0) return only;
  const message =
    name == null
      ? 'The document does not have exactly one operation: name the operation to execute in `operationName`.'
      : `The document has no operation named ${JSON.stringify(name.slice(0, 100))}.`;
  return new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } });
}

/** Returns the rejection of an operation type that the request's method does not allow. */
export function kindRejection(
  kind: OperationDefinitionNode['operation'],
  allowsMutation: boolean,
): GraphQLError | undefined {
  if (kind !== 'mutation' || allowsMutation) return undefined;
  const http = { status: 405, headers: { allow: 'POST' } };
  return new GraphQLError('Send mutations by POST.', { extensions: { code: 'BAD_REQUEST', http } });
}

/** The message of graphql-js for too many tokens (its spelling); the error has no code. */
const TOO_MANY_TOKENS = 'Syntax Error: Document contains more that ';

const parseCode = ({ message }: GraphQLError) =>
  message.startsWith(TOO_MANY_TOKENS) ? 'TOKEN_LIMIT_EXCEEDED' : 'GRAPHQL_PARSE_FAILED';

/** Adds a code to an error without one. */
function withCode(error: GraphQLError, code: string): GraphQLError {
  const { nodes = null, source = null, positions = null, extensions } = error;
  return new GraphQLError(error.message, { nodes, source, positions, extensions: { code, ...extensions } });
}
