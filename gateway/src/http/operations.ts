import { parseDocument } from '@marquee/graphql-over-http/parse-document';
import {
  type DocumentNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { type CompiledOperation, compileOperation } from '../execution/operation.ts';
import type { PlannedSupergraph } from '../execution/supergraph.ts';
import { costDirectives } from './cost-directives.ts';
import { noIntrospectionRule } from './no-introspection.ts';
import { operationCost } from './operation-cost.ts';
import { limitRules, MAX_VALIDATION_ERRORS, type OperationLimits } from './operation-limits.ts';

/** An operation that may be executed. */
export interface ReadyOperation {
  readonly kind: OperationDefinitionNode['operation'];
  readonly compiled: CompiledOperation;
  /** @throws GraphQLError `COST_LIMIT_EXCEEDED` */
  checkCost(variables: Readonly<Record<string, unknown>>): void;
  /** Executions of queries under way, by what makes them equal. */
  readonly inFlight: Map<string, Promise<string>>;
}

/**
 * Finds the operation of a text, or why there is none; errors have codes, and are for clients to see.
 *
 * @param mayWrite whether a mutation may be asked for in this way
 */
export type FindOperation = (
  text: string,
  operationName: string | null | undefined,
  mayWrite: boolean,
) => ReadyOperation | readonly GraphQLError[];

export interface OperationsOptions {
  readonly limits: OperationLimits;
  /** Whether clients may read the schema. */
  readonly introspection: boolean;
  /** What is kept of operations may take, about, in bytes. */
  readonly cacheBytes: number;
}

/** Bytes of a parsed document for each character of its text, as heap snapshots of random operations have it. */
const SIZE_OF_DOCUMENT = 16;

interface CheckedDocument {
  readonly document: DocumentNode;
  readonly operations: Map<string, ReadyOperation>;
}

/** Parses, validates, plans and compiles what clients send to a supergraph, each text once as long as it is remembered. */
export function createOperations(
  supergraph: PlannedSupergraph,
  sdl: string,
  options: OperationsOptions,
): FindOperation {
  const { limits, introspection, cacheBytes } = options;
  const { apiSchema } = supergraph;
  const directives = costDirectives(sdl);
  const firstRules = introspection ? specifiedRules : [...specifiedRules, noIntrospectionRule];
  const secondRules = limitRules(limits);
  const cache = new LRUCache<string, CheckedDocument>({
    maxSize: cacheBytes,
    sizeCalculation: ({ operations }, text) =>
      SIZE_OF_DOCUMENT * text.length + [...operations.values()].reduce((sum, { compiled }) => sum + compiled.size, 1),
  });

  function check(text: string): CheckedDocument | readonly GraphQLError[] {
    let document: DocumentNode;
    try {
      document = parseDocument(text, { maxTokens: limits.tokens });
    } catch (error) {
      if (error instanceof GraphQLError) return [withCode(error, parseCode(error))];
      throw error;
    }
    // The limits expect documents that the specification's rules let through.
    for (const rules of [firstRules, secondRules] satisfies (readonly ValidationRule[])[]) {
      const errors = validate(apiSchema, document, rules, { maxErrors: MAX_VALIDATION_ERRORS });
      if (errors.length > 0) return errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED'));
    }
    return { document, operations: new Map() };
  }

  function ready(document: DocumentNode, operation: OperationDefinitionNode): ReadyOperation {
    const compiled = compileOperation(supergraph, document, operation);
    const isSized = (operation.variableDefinitions ?? []).length > 0;
    const costOf = (variables: Readonly<Record<string, unknown>>) =>
      operationCost(apiSchema, document, operation, variables, directives);
    let cost: number | undefined;
    return {
      kind: operation.operation,
      compiled,
      inFlight: new Map(),
      checkCost(variables) {
        cost = isSized ? costOf(variables) : (cost ?? costOf(variables));
        if (cost <= limits.cost) return;
        throw new GraphQLError(
          `The operation costs ${cost}, and ${limits.cost} is the most that is allowed: ask for fewer things or smaller pages.`,
          { extensions: { code: 'COST_LIMIT_EXCEEDED', cost, limit: limits.cost } },
        );
      },
    };
  }

  return (text, operationName, mayWrite) => {
    const checked = cache.get(text) ?? check(text);
    if (!('document' in checked)) return checked;
    const name = operationName ?? '';
    const known = checked.operations.get(name);
    if (known !== undefined && (mayWrite || known.kind === 'query')) return known;
    const operation = operationOf(checked.document, operationName);
    if (operation instanceof GraphQLError) return [operation];
    const refusal = refusalOf(operation.operation, mayWrite);
    if (refusal !== undefined) return [refusal];
    const made = ready(checked.document, operation);
    checked.operations.set(name, made);
    cache.set(text, checked); // with its size anew
    return made;
  };
}

/** The operation that is to be executed (GraphQL specification, section 6.1, GetOperation). */
function operationOf(document: DocumentNode, name: string | null | undefined): OperationDefinitionNode | GraphQLError {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const [only, ...more] = name == null ? operations : operations.filter((node) => node.name?.value === name);
  if (only !== undefined && more.length === 0) return only;
  const message =
    name == null
      ? 'Name the operation to run in `operationName`: the document does not have exactly one.'
      : `The document has no operation named ${JSON.stringify(name.slice(0, 100))}.`;
  return new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } });
}

function refusalOf(kind: ReadyOperation['kind'], mayWrite: boolean): GraphQLError | undefined {
  if (kind === 'subscription') {
    return new GraphQLError('Subscriptions are not answered here.', { extensions: { code: 'BAD_REQUEST' } });
  }
  if (kind === 'query' || mayWrite) return undefined;
  const http = { status: 405, headers: { allow: 'POST' } };
  return new GraphQLError('A mutation is answered to POST alone.', { extensions: { code: 'BAD_REQUEST', http } });
}

/** How graphql-js ends a document that has too many tokens; the error has no code of its own. */
const TOO_MANY_TOKENS = /Document contains more that \d+ tokens/;

const parseCode = ({ message }: GraphQLError) =>
  TOO_MANY_TOKENS.test(message) ? 'TOKEN_LIMIT_EXCEEDED' : 'GRAPHQL_PARSE_FAILED';

/** An error with a code, its own if it has one. */
function withCode(error: GraphQLError, code: string): GraphQLError {
  const { nodes = null, source = null, positions = null, extensions } = error;
  return new GraphQLError(error.message, { nodes, source, positions, extensions: { code, ...extensions } });
}
