import {
  type DocumentNode,
  executeSync,
  type FieldNode,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  parse,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  visit,
} from 'graphql';
import { rootFetches } from './mend-plan.ts';
import { responseKeys } from './merge.ts';
import { compilePlan } from './plan.ts';
import { compileProjection, type Projection, type ProjectionState } from './projection.ts';
import type { AnswerError, AskSubgraph, Run } from './run.ts';
import { collectFields, type SelectionScope } from './selection.ts';
import type { PlannedSupergraph } from './supergraph.ts';

/** An operation that is planned and compiled. */
export interface CompiledOperation {
  readonly isMutation: boolean;
  /** About what it takes of memory, in bytes. */
  readonly size: number;
  /** @throws OperationRefused for variables that do not fit */
  variables(given: Readonly<Record<string, unknown>>): Variables;
  /**
   * Executes it. It never rejects for what subgraphs do.
   *
   * @throws OperationRefused for what cannot be answered with these variables
   */
  execute<Context>(variables: Variables, context: Context, ask: AskSubgraph<Context>): Promise<Answer>;
}

export interface Variables {
  /** As the client sent them: this is what subgraphs get. */
  readonly given: Readonly<Record<string, unknown>>;
  /** With the operation's defaults, by the types of the schema. */
  readonly coerced: Readonly<Record<string, unknown>>;
}

/** Nothing of the operation is executed, for these reasons. */
export class OperationRefused extends Error {
  readonly errors: readonly GraphQLError[];
  constructor(errors: readonly GraphQLError[]) {
    super(errors.map(({ message }) => message).join('; '));
    this.errors = errors;
  }
}

/** What an operation comes to (GraphQL specification, section 7.1). */
export interface Answer {
  /** JSON text. */
  readonly data: string;
  readonly errors: readonly AnswerError[];
  /** Where null stands since a subgraph answered what does not fit the schema, and did not say why. */
  readonly valueCompletion: readonly AnswerError[];
}

/**
 * Bytes for each character of a plan as JSON, measured by the heap before and after random operations were compiled and executed: of the
 * plan that is compiled, and of each projection, with its generated code and what that becomes.
 */
const SIZE_OF_PLAN = 12;
const SIZE_OF_PROJECTION = 30;

/** Projections of one operation that are kept: one for each set of values of the variables that `@skip` and `@include` ask for. */
const MAX_PROJECTIONS = 16;

/**
 * Plans and compiles an operation of a valid document.
 *
 * @throws GraphQLError when it asks for more than can be planned
 */
export function compileOperation(
  supergraph: PlannedSupergraph,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CompiledOperation {
  const { apiSchema, fullSchema } = supergraph;
  const root = apiSchema.getRootType(operation.operation);
  if (!root) {
    const message = `The schema has no ${operation.operation}s.`;
    throw new GraphQLError(message, { nodes: operation, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
  }
  const plan = supergraph.plan(document, operation.name?.value);
  const step = compilePlan(fullSchema, plan);
  const definitions = operation.variableDefinitions ?? [];
  const fragments = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );
  const conditions = conditionVariables(document);
  const planned = new Set(
    rootFetches(plan.node).flatMap(({ operation: text }) => responseKeys(parse(text, { noLocation: true }))),
  );
  const projections = new Map<string, { projection: Projection; metaFields: FieldNode[] }>();

  const mostProjections = Math.min(2 ** conditions.length, MAX_PROJECTIONS);

  const projectionFor = (variables: Readonly<Record<string, unknown>>) => {
    const key = conditions.map((name) => variables[name]).join();
    let known = projections.get(key);
    if (known === undefined) {
      const scope: SelectionScope = { schema: apiSchema, fragments, variables };
      const fields = collectFields(scope, root, [operation.selectionSet]);
      refuseUnplanned(fields, planned);
      known = {
        projection: compileProjection(scope, root, operation.selectionSet),
        metaFields: metaFieldsOf(fields),
      };
      if (projections.size >= MAX_PROJECTIONS) projections.clear();
      projections.set(key, known);
    }
    return known;
  };

  return {
    isMutation: operation.operation === 'mutation',
    size: JSON.stringify(plan).length * (SIZE_OF_PLAN + SIZE_OF_PROJECTION * mostProjections),
    variables(given) {
      const { coerced, errors } = getVariableValues(apiSchema, definitions, given);
      if (errors !== undefined) throw new OperationRefused(errors.map(badInput));
      return { given, coerced };
    },
    async execute({ given: variables, coerced }, context, ask) {
      const { projection, metaFields } = projectionFor(coerced);
      const run: Run = {
        variables,
        coerced,
        ask: (request) => ask(request, context),
        data: {},
        errors: [],
        waiting: new Map(),
        shares: false,
      };
      await step(run);
      const state: ProjectionState = {
        faults: [],
        texts: run.shares ? [] : undefined,
        introspection: metaFields.length === 0 ? {} : introspect(apiSchema, document, operation, metaFields, variables),
      };
      const data = projection(run.data, state) ?? 'null';
      return {
        data,
        errors: run.errors,
        valueCompletion: run.errors.length > 0 ? [] : state.faults.map(completionError),
      };
    },
  };
}

function badInput({ message, nodes }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { nodes: nodes ?? null, extensions: { code: 'BAD_USER_INPUT' } });
}

function completionError({ message, path }: ProjectionState['faults'][number]): AnswerError {
  return { message, path, extensions: { code: 'INVALID_GRAPHQL' } };
}

/** The variables that decide which selections apply. */
function conditionVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: given = [] }) {
      if (name.value !== 'skip' && name.value !== 'include') return;
      for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

function metaFieldsOf(fields: ReadonlyMap<string, FieldNode[]>): FieldNode[] {
  const names: readonly string[] = [SchemaMetaFieldDef.name, TypeMetaFieldDef.name];
  return [...fields.values()].flat().filter(({ name }) => names.includes(name.value));
}

/** The planner leaves out what can have no value in any subgraph: whoever asks for it is told so rather than given null. */
function refuseUnplanned(fields: ReadonlyMap<string, FieldNode[]>, planned: ReadonlySet<string>): void {
  for (const [key, [node]] of fields) {
    if (node === undefined || node.name.value.startsWith('__') || planned.has(key)) continue;
    const message = `No subgraph can answer what is asked of the field ${node.name.value}.`;
    throw new OperationRefused([new GraphQLError(message, { nodes: node, extensions: { code: 'UNPLANNABLE_FIELD' } })]);
  }
}

/** JSON text of the fields that ask for the schema, by response key. */
function introspect(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  selections: FieldNode[],
  variables: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const alone: OperationDefinitionNode = {
    ...operation,
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  };
  const { data } = executeSync({
    schema,
    document: { ...document, definitions: document.definitions.map((node) => (node === operation ? alone : node)) },
    ...(operation.name && { operationName: operation.name.value }),
    rootValue: {},
    variableValues: variables,
  });
  return Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, JSON.stringify(value)]));
}
