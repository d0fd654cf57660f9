import { MAX_ERRORS } from '@marquee/graphql-over-http/error-limits';
import type { GraphQLCompositeType, GraphQLObjectType } from 'graphql';
import type { SelectionScope } from '../../graphql/collect-fields.ts';
import type { NormalizedSelectionSet } from '../../graphql/normalized-operation.ts';
import { isObject, own } from '../../graphql/own-property.ts';
import type { CompiledPlan, DeferredBlock } from '../compile-plan.ts';
import type { ExecutionContext, ExecutionError } from '../execution-context.ts';
import type { DataKeys } from '../prepare-for-planner.ts';
import { compileProjection, type Projection, type ProjectionState } from '../response/project-response.ts';
import { splitFieldErrors } from '../subgraph-errors.ts';
import { DeferredFragmentFinder, type DeliveredObject, type PendingFragment } from './find-deferred-fragments.ts';

/** A result of an answer that comes after the first. */
export interface IncrementalResult {
  /** The client's label of the fragment. */
  readonly label: string | undefined;
  /** Path of the object that the result belongs to. */
  readonly path: readonly (string | number)[];
  /** JSON text; `null` when null has come up to the fragment. */
  readonly data: string;
  readonly errors: readonly ExecutionError[];
  /** As of an answer. */
  readonly valueCompletion: readonly ExecutionError[];
}

/** Parts that are there at the same moment; those of fragments nested others come after those. */
export interface SubsequentResult {
  readonly incremental: readonly IncrementalResult[];
  /** True when more results follow. */
  readonly hasNext: boolean;
}

/** Compiles what comes later, once for the operation: what it asks of each type of object. */
export interface DeferredOperation {
  readonly scope: SelectionScope;
  readonly dataKeys: DataKeys;
  readonly root: GraphQLObjectType;
  readonly selectionSet: NormalizedSelectionSet;
  readonly plan: CompiledPlan;
  /** Fetches of the plan by identifier. */
  readonly fetches: ReadonlyMap<string, number>;
  /** The client's labels. */
  readonly labels: ReadonlyMap<string, string | undefined>;
  readonly projections: Map<NormalizedSelectionSet, Map<GraphQLCompositeType, Projection>>;
}

/** One result of the plan under way. */
interface Block {
  readonly context: ExecutionContext;
  readonly begun: Promise<void>;
  readonly done: Promise<void>;
  /** Resolves when all that is above is done, too. */
  readonly settled: Promise<unknown>;
  isDone: boolean;
}

/** The outcome of the initial result. */
export interface InitialResult {
  readonly text: string;
  readonly errors: readonly ExecutionError[];
  /** As for its projection. */
  readonly introspection: Readonly<Record<string, string>>;
  /** Has an error's path speak of the client's keys. */
  readonly toClient: (error: ExecutionError) => ExecutionError;
}

export interface DeferredExecution {
  readonly context: ExecutionContext;
  /** Resolves when the data of the first result is there. */
  readonly done: Promise<void>;
  /** The errors that belong to the first result, and the results that follow, which are undefined when there are none. */
  subsequent(first: InitialResult): {
    readonly errors: readonly ExecutionError[];
    readonly subsequentResults: AsyncGenerator<SubsequentResult, void> | undefined;
  };
}

/** Executes an operation of which fragments come later: each as soon as what it needs is there, and what it is about has been initialResult. */
export function executeDeferred(operation: DeferredOperation, main: ExecutionContext): DeferredExecution {
  const { plan, fetches } = operation;
  let isAbandoned = false;
  const left = new Map(fetches);
  const fetched = new Map([...fetches.keys()].map((id) => [id, Promise.withResolvers<void>()]));
  const fetchDone = (id: string) => {
    const count = (left.get(id) ?? 1) - 1;
    left.set(id, count);
    if (count === 0) fetched.get(id)?.resolve();
  };
  // Each result has a context of its own, and what they find is put together: none knows of all answers.
  const first: ExecutionContext = { ...main, onFetchDone: fetchDone, isAbandoned: () => isAbandoned, isPlain: false };
  const finished = Promise.resolve(plan.step(first));
  // Who waits for the first result is initialResult what it failed of; nothing follows.
  const settled = finished.catch(() => {
    isAbandoned = true;
  });
  const primary: Block = { context: first, begun: Promise.resolve(), done: finished, settled, isDone: false };
  const begun = new Map<DeferredBlock, Block>();
  const blocks = new Map<string, Block[]>();
  for (const step of plan.deferred) {
    const block = begin(step, (step.parent && begun.get(step.parent)) ?? primary);
    begun.set(step, block);
    blocks.set(step.label, [...(blocks.get(step.label) ?? []), block]);
  }

  function begin({ depends, step }: DeferredBlock, above: Block): Block {
    const context: ExecutionContext = {
      ...first,
      errors: [],
      pendingRequests: new Map(),
      sharedEntities: first.sharedEntities && new Map(),
    };
    // What a skipped fetch would have brought is not waited for once all that is above is done.
    const ready = Promise.race([Promise.all(depends.map((id) => fetched.get(id)?.promise)), above.settled]);
    const begun = above.begun.then(() => ready).then(() => {});
    const done = begun
      .then(() => (isAbandoned ? undefined : step(context)))
      .catch((error: unknown) => void context.errors.push(unexpectedError(error)));
    const block: Block = { context, begun, done, settled: Promise.all([done, above.settled]), isDone: false };
    void block.done.then(() => {
      block.isDone = true;
    });
    return block;
  }

  return {
    context: first,
    done: finished,
    subsequent(initialResult) {
      const places = new DeferredFragmentFinder(operation.scope, operation.dataKeys);
      const delivered = { data: first.data, delivered: JSON.parse(initialResult.text) as unknown, path: [] };
      const open = byLabel(places.findBelow(operation.root, operation.selectionSet, delivered));
      const abandon = () => {
        isAbandoned = true;
      };
      if (open.size === 0) {
        abandon();
        return { errors: initialResult.errors, subsequentResults: undefined };
      }
      const [errors, others] = partition(
        initialResult.errors,
        (error) => error.path === undefined || isWithinResult(error, delivered),
      );
      const builder = new IncrementalResultBuilder(operation, places, { ...initialResult, errors: others });
      return {
        errors,
        subsequentResults: abandonOnReturn(
          following(open, blocks, builder, abandon, () => isAbandoned),
          abandon,
        ),
      };
    },
  };
}

function unexpectedError(error: unknown): ExecutionError {
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), extensions: {} };
}

/** Once it is ended from without nothing more begins, whatever is waited for. */
function abandonOnReturn(results: AsyncGenerator<SubsequentResult, void>, abandon: () => void): typeof results {
  const end = results.return.bind(results);
  results.return = (value) => {
    abandon();
    return end(value);
  };
  return results;
}

async function* following(
  open: Map<string, PendingFragment[]>,
  blocks: ReadonlyMap<string, readonly Block[]>,
  builder: IncrementalResultBuilder,
  abandon: () => void,
  isAbandoned: () => boolean,
): AsyncGenerator<SubsequentResult, void> {
  const blocksOf = (label: string) => blocks.get(label) ?? [];
  try {
    while (open.size > 0) {
      await Promise.race([...open.keys()].map((label) => Promise.all(blocksOf(label).map(({ done }) => done))));
      if (isAbandoned()) return;
      const results: IncrementalResult[] = [];
      // What is found nested a result comes behind it, at once when it is there.
      for (const [label, places] of open) {
        const under = blocksOf(label);
        if (!under.every(({ isDone }) => isDone)) continue;
        open.delete(label);
        const built = builder.build(
          label,
          places,
          under.map(({ context }) => context),
        );
        results.push(...built.results);
        for (const [inner, found] of byLabel(built.nested)) open.set(inner, [...(open.get(inner) ?? []), ...found]);
      }
      if (open.size === 0) builder.addRemainingErrors(results);
      if (results.length > 0) yield { incremental: results, hasNext: open.size > 0 };
    }
  } finally {
    abandon();
  }
}

function byLabel(places: readonly PendingFragment[]): Map<string, PendingFragment[]> {
  return Map.groupBy(places, ({ label }) => label);
}

interface BuiltResults {
  readonly results: IncrementalResult[];
  readonly nested: readonly PendingFragment[];
}

/** Adds errors without a path to a result that has errors, or to the first one. */
function addErrors(results: IncrementalResult[], errors: readonly ExecutionError[]): void {
  const [first, ...rest] = results;
  if (first === undefined || errors.length === 0) return;
  results.splice(0, results.length, { ...first, errors: [...first.errors, ...errors] }, ...rest);
}

class IncrementalResultBuilder {
  readonly #operation: DeferredOperation;
  readonly #places: DeferredFragmentFinder;
  readonly #introspection: InitialResult['introspection'];
  readonly #toClient: InitialResult['toClient'];
  /** Errors of fetches for the first result about what is initialResult later. */
  #early: readonly ExecutionError[];
  /** Faults that results still have room for, all of them together. */
  #maxFaults = MAX_ERRORS;

  constructor(operation: DeferredOperation, places: DeferredFragmentFinder, first: Omit<InitialResult, 'text'>) {
    this.#operation = operation;
    this.#places = places;
    this.#introspection = first.introspection;
    this.#toClient = first.toClient;
    this.#early = first.errors;
  }

  /** The results of a fragment, and where others stand nested them. */
  build(label: string, places: readonly PendingFragment[], contexts: readonly ExecutionContext[]): BuiltResults {
    const results: IncrementalResult[] = [];
    const nested: PendingFragment[] = [];
    let errors = contexts.flatMap((context) => context.errors.map(this.#toClient));
    const texts = new Map<Projection, ProjectionState['texts']>();
    for (const { selectionSet, type: known, data, path } of places) {
      // It may be initialResult with what comes now.
      const type = this.#places.typeOf(known, data);
      const projection = this.#projection(type, selectionSet);
      const shared = texts.get(projection) ?? [];
      texts.set(projection, shared);
      const state: ProjectionState = {
        fieldErrors: [],
        maxFieldErrors: this.#maxFaults,
        texts: shared,
        introspection: this.#introspection,
        isPlain: false,
      };
      const text = projection(data, state) ?? 'null';
      this.#maxFaults = Math.max(this.#maxFaults - state.fieldErrors.length, 0);
      const result: DeliveredObject = { data, delivered: JSON.parse(text), path };
      const [early, later] = partition(this.#early, (error) => isWithinResult(error, result));
      const [own, others] = partition(errors, (error) => isWithinResult(error, result));
      this.#early = later;
      errors = others;
      const about = [...early, ...own];
      const fieldErrors = splitFieldErrors(
        state.fieldErrors.map((fault) => ({ ...fault, path: [...path, ...fault.path] })),
      );
      const valueCompletion = about.length > 0 ? [] : fieldErrors.completion;
      const clientLabel = this.#operation.labels.get(label);
      results.push({
        label: clientLabel,
        path,
        data: text,
        errors: [...fieldErrors.errors, ...about],
        valueCompletion,
      });
      nested.push(...this.#places.findBelow(type, selectionSet, result));
    }
    addErrors(results, errors);
    return { results, nested };
  }

  /** Tells with the last results what has not been initialResult. */
  addRemainingErrors(results: IncrementalResult[]): void {
    addErrors(results, this.#early);
    this.#early = [];
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
  { path: place = [] }: ExecutionError,
  { path, delivered }: Omit<DeliveredObject, 'data'>,
): boolean {
  if (place.length < path.length || path.some((key, index) => key !== place[index])) return false;
  let value = delivered;
  for (const key of place.slice(path.length)) {
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
