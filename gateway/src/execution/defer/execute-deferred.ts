import { MAX_ERRORS } from '@marquee/graphql-over-http/error-limits';
import type { GraphQLCompositeType, GraphQLObjectType } from 'graphql';
import type { SelectionScope } from '../../graphql/collect-fields.ts';
import type { NormalizedSelectionSet } from '../../graphql/normalized-operation.ts';
import { isObject, own } from '../../graphql/own-property.ts';
import type { CompiledPlan, DeferredBlock } from '../compile-plan.ts';
import type { ExecutionContext, ExecutionError } from '../execution-context.ts';
import { compileProjection, type Projection, type ProjectionState } from '../response/project-response.ts';
import { splitFieldErrors } from '../subgraph-errors.ts';
import type { DataKeys } from '../workarounds/rename-response-keys.ts';
import { DeferredFragmentFinder, type DeliveredObject, type PendingFragment } from './find-deferred-fragments.ts';

/** The result of a deferred fragment at one path. */
export interface IncrementalResult {
  /** The client's label of the fragment. */
  readonly label: string | undefined;
  /** Path of the object that the result belongs to. */
  readonly path: readonly (string | number)[];
  /** JSON text; `null` when null has propagated to the fragment. */
  readonly data: string;
  readonly errors: readonly ExecutionError[];
  readonly valueCompletion: readonly ExecutionError[];
}

/** The results that are complete at the same moment, each before those nested in it. */
export interface SubsequentResult {
  readonly incremental: readonly IncrementalResult[];
  /** True when more results follow. */
  readonly hasNext: boolean;
}

/** The compiled parts of an operation with deferred fragments. */
export interface DeferredOperation {
  readonly scope: SelectionScope;
  readonly dataKeys: DataKeys;
  readonly root: GraphQLObjectType;
  readonly selectionSet: NormalizedSelectionSet;
  readonly plan: CompiledPlan;
  /** Number of fetches of the plan by identifier. */
  readonly fetches: ReadonlyMap<string, number>;
  /** The client's labels by the operation's. */
  readonly labels: ReadonlyMap<string, string | undefined>;
  readonly projections: Map<NormalizedSelectionSet, Map<GraphQLCompositeType, Projection>>;
}

/** The execution of a block of the plan. */
interface BlockExecution {
  readonly context: ExecutionContext;
  readonly begun: Promise<void>;
  readonly done: Promise<void>;
  /** Resolves when the blocks around it are done, too. */
  readonly settled: Promise<unknown>;
  isDone: boolean;
}

/** The projected initial result. */
export interface InitialResult {
  readonly text: string;
  readonly errors: readonly ExecutionError[];
  /** As in {@link ProjectionState}. */
  readonly introspection: Readonly<Record<string, string>>;
  /** Replaces data keys in an error's path by the client's response keys. */
  readonly toClient: (error: ExecutionError) => ExecutionError;
}

export interface DeferredExecution {
  readonly context: ExecutionContext;
  /** Resolves when the data of the initial result is complete. */
  readonly done: Promise<void>;
  /** Returns the errors of the initial result, and the subsequent results; undefined when there are none. */
  subsequent(initialResult: InitialResult): {
    readonly errors: readonly ExecutionError[];
    readonly subsequentResults: AsyncGenerator<SubsequentResult, void> | undefined;
  };
}

/** Executes an operation with deferred fragments. A fragment is delivered once its fetches are done and its object has been delivered. */
export function executeDeferred(operation: DeferredOperation, main: ExecutionContext): DeferredExecution {
  const { plan, fetches } = operation;
  let isAbandoned = false;
  const remaining = new Map(fetches);
  const fetched = new Map([...fetches.keys()].map((id) => [id, Promise.withResolvers<void>()]));
  const onFetchDone = (id: string) => {
    const count = (remaining.get(id) ?? 1) - 1;
    remaining.set(id, count);
    if (count === 0) fetched.get(id)?.resolve();
  };
  // Each block has a context of its own, and a result combines several: no context knows whether all responses are plain.
  const context: ExecutionContext = { ...main, onFetchDone, isAbandoned: () => isAbandoned, isPlain: false };
  const done = Promise.resolve(plan.step(context));
  // The caller gets the error of the initial result; nothing follows it.
  const settled = done.catch(() => {
    isAbandoned = true;
  });
  const primary: BlockExecution = { context, begun: Promise.resolve(), done, settled, isDone: false };
  const executions = new Map<DeferredBlock, BlockExecution>();
  const executionsByLabel = new Map<string, BlockExecution[]>();
  for (const block of plan.deferred) {
    const execution = execute(block, (block.parent && executions.get(block.parent)) ?? primary);
    executions.set(block, execution);
    executionsByLabel.set(block.label, [...(executionsByLabel.get(block.label) ?? []), execution]);
  }

  function execute({ depends, step }: DeferredBlock, parent: BlockExecution): BlockExecution {
    const blockContext: ExecutionContext = {
      ...context,
      errors: [],
      pendingRequests: new Map(),
      sharedEntities: context.sharedEntities && new Map(),
    };
    // A fetch that a condition skips is never done: the end of the blocks around this one ends the wait for it.
    const ready = Promise.race([Promise.all(depends.map((id) => fetched.get(id)?.promise)), parent.settled]);
    const begun = parent.begun.then(() => ready).then(() => {});
    const blockDone = begun
      .then(() => (isAbandoned ? undefined : step(blockContext)))
      .catch((error: unknown) => void blockContext.errors.push(unexpectedError(error)));
    const execution: BlockExecution = {
      context: blockContext,
      begun,
      done: blockDone,
      settled: Promise.all([blockDone, parent.settled]),
      isDone: false,
    };
    void blockDone.then(() => {
      execution.isDone = true;
    });
    return execution;
  }

  return {
    context,
    done,
    subsequent(initialResult) {
      const finder = new DeferredFragmentFinder(operation.scope, operation.dataKeys);
      const delivered = { data: context.data, delivered: JSON.parse(initialResult.text) as unknown, path: [] };
      const pending = byLabel(finder.findBelow(operation.root, operation.selectionSet, delivered));
      const abandon = () => {
        isAbandoned = true;
      };
      if (pending.size === 0) {
        abandon();
        return { errors: initialResult.errors, subsequentResults: undefined };
      }
      const [errors, remainingErrors] = partition(
        initialResult.errors,
        (error) => error.path === undefined || isWithinResult(error, delivered),
      );
      const builder = new IncrementalResultBuilder(operation, finder, { ...initialResult, errors: remainingErrors });
      return {
        errors,
        subsequentResults: abandonOnReturn(
          deliver(pending, executionsByLabel, builder, abandon, () => isAbandoned),
          abandon,
        ),
      };
    },
  };
}

function unexpectedError(error: unknown): ExecutionError {
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), extensions: {} };
}

/** Abandons the execution when the consumer ends the generator, even while a result is awaited. */
function abandonOnReturn(results: AsyncGenerator<SubsequentResult, void>, abandon: () => void): typeof results {
  const end = results.return.bind(results);
  results.return = (value) => {
    abandon();
    return end(value);
  };
  return results;
}

async function* deliver(
  pending: Map<string, PendingFragment[]>,
  executions: ReadonlyMap<string, readonly BlockExecution[]>,
  builder: IncrementalResultBuilder,
  abandon: () => void,
  isAbandoned: () => boolean,
): AsyncGenerator<SubsequentResult, void> {
  const executionsOf = (label: string) => executions.get(label) ?? [];
  try {
    while (pending.size > 0) {
      await Promise.race([...pending.keys()].map((label) => Promise.all(executionsOf(label).map(({ done }) => done))));
      if (isAbandoned()) return;
      const results: IncrementalResult[] = [];
      // The loop also visits nested fragments, which are added behind the current one.
      for (const [label, fragments] of pending) {
        const labelled = executionsOf(label);
        if (!labelled.every(({ isDone }) => isDone)) continue;
        pending.delete(label);
        const built = builder.build(
          label,
          fragments,
          labelled.map(({ context }) => context),
        );
        results.push(...built.results);
        for (const [inner, nested] of byLabel(built.nested)) {
          pending.set(inner, [...(pending.get(inner) ?? []), ...nested]);
        }
      }
      if (pending.size === 0) builder.addRemainingErrors(results);
      if (results.length > 0) yield { incremental: results, hasNext: pending.size > 0 };
    }
  } finally {
    abandon();
  }
}

function byLabel(fragments: readonly PendingFragment[]): Map<string, PendingFragment[]> {
  return Map.groupBy(fragments, ({ label }) => label);
}

interface BuiltResults {
  readonly results: IncrementalResult[];
  readonly nested: readonly PendingFragment[];
}

/** Adds errors that belong to no result to the first one. */
function addErrors(results: IncrementalResult[], errors: readonly ExecutionError[]): void {
  const [first, ...rest] = results;
  if (first === undefined || errors.length === 0) return;
  results.splice(0, results.length, { ...first, errors: [...first.errors, ...errors] }, ...rest);
}

class IncrementalResultBuilder {
  readonly #operation: DeferredOperation;
  readonly #finder: DeferredFragmentFinder;
  readonly #introspection: InitialResult['introspection'];
  readonly #toClient: InitialResult['toClient'];
  /** Errors of the initial result's fetches at paths that are delivered later. */
  #earlyErrors: readonly ExecutionError[];
  /** Number of field errors that all further results together may have. */
  #maxFieldErrors = MAX_ERRORS;

  constructor(
    operation: DeferredOperation,
    finder: DeferredFragmentFinder,
    { introspection, toClient, errors }: Omit<InitialResult, 'text'>,
  ) {
    this.#operation = operation;
    this.#finder = finder;
    this.#introspection = introspection;
    this.#toClient = toClient;
    this.#earlyErrors = errors;
  }

  /** Returns the results of a fragment, and the deferred fragments in them. */
  build(label: string, fragments: readonly PendingFragment[], contexts: readonly ExecutionContext[]): BuiltResults {
    const results: IncrementalResult[] = [];
    const nested: PendingFragment[] = [];
    let errors = contexts.flatMap((context) => context.errors.map(this.#toClient));
    const texts = new Map<Projection, ProjectionState['texts']>();
    for (const { selectionSet, type: fieldType, data, path } of fragments) {
      // The fetches of this fragment may have added `__typename`.
      const type = this.#finder.typeOf(fieldType, data);
      const projection = this.#projection(type, selectionSet);
      const shared = texts.get(projection) ?? [];
      texts.set(projection, shared);
      const state: ProjectionState = {
        fieldErrors: [],
        maxFieldErrors: this.#maxFieldErrors,
        texts: shared,
        introspection: this.#introspection,
        isPlain: false,
      };
      const text = projection(data, state) ?? 'null';
      this.#maxFieldErrors = Math.max(this.#maxFieldErrors - state.fieldErrors.length, 0);
      const result: DeliveredObject = { data, delivered: JSON.parse(text), path };
      const [early, stillEarly] = partition(this.#earlyErrors, (error) => isWithinResult(error, result));
      const [own, remaining] = partition(errors, (error) => isWithinResult(error, result));
      this.#earlyErrors = stillEarly;
      errors = remaining;
      const fetchErrors = [...early, ...own];
      const fieldErrors = splitFieldErrors(
        state.fieldErrors.map((error) => ({ ...error, path: [...path, ...error.path] })),
      );
      const valueCompletion = fetchErrors.length > 0 ? [] : fieldErrors.completion;
      const clientLabel = this.#operation.labels.get(label);
      results.push({
        label: clientLabel,
        path,
        data: text,
        errors: [...fieldErrors.errors, ...fetchErrors],
        valueCompletion,
      });
      nested.push(...this.#finder.findBelow(type, selectionSet, result));
    }
    addErrors(results, errors);
    return { results, nested };
  }

  /** Adds the errors of the initial result's fetches that belong to no result. */
  addRemainingErrors(results: IncrementalResult[]): void {
    addErrors(results, this.#earlyErrors);
    this.#earlyErrors = [];
  }

  #projection(type: GraphQLCompositeType, selectionSet: NormalizedSelectionSet): Projection {
    const { projections, scope, dataKeys } = this.#operation;
    const byType = projections.get(selectionSet) ?? new Map<GraphQLCompositeType, Projection>();
    projections.set(selectionSet, byType);
    const projection = byType.get(type) ?? compileProjection(scope, type, selectionSet, dataKeys);
    byType.set(type, projection);
    return projection;
  }
}

/** Returns true when the path of an error leads into a result: to a value, or to the null in its place. */
function isWithinResult(
  { path: errorPath = [] }: ExecutionError,
  { path, delivered }: Omit<DeliveredObject, 'data'>,
): boolean {
  if (errorPath.length < path.length || path.some((key, index) => key !== errorPath[index])) return false;
  let value = delivered;
  for (const key of errorPath.slice(path.length)) {
    if (value === null) return true;
    value = Array.isArray(value) ? value[Number(key)] : isObject(value) ? own(value, String(key)) : undefined;
    if (value === undefined) return false;
  }
  return true;
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  const { true: first = [], false: second = [] } = Object.groupBy(items, (item) => `${isFirst(item)}`);
  return [first, second];
}
