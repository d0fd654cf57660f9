import { MAX_ERRORS } from '@marquee/graphql-over-http/error-limits';
import type { GraphQLCompositeType, GraphQLObjectType, SelectionSetNode } from 'graphql';
import type { SelectionScope } from '../../graphql/collect-fields.ts';
import { isObject, own } from '../../graphql/own-property.ts';
import type { CompiledPlan, DeferredStep } from '../compile-plan.ts';
import type { AnswerError, Run } from '../execution-context.ts';
import type { DataKeys } from '../prepare-document.ts';
import { compileProjection, type Projection, type ProjectionState } from '../response/project-response.ts';
import { faultErrors } from '../subgraph-errors.ts';
import { type DeferredPlace, DeferredPlaces, type DeliveredObject } from './find-deferred-fragments.ts';

/** A part of an answer that comes after the first. */
export interface LaterPart {
  /** The client's label of the fragment. */
  readonly label: string | undefined;
  /** Of the object that it is about. */
  readonly path: readonly (string | number)[];
  /** JSON text; `null` when null has come up to the fragment. */
  readonly data: string;
  readonly errors: readonly AnswerError[];
  /** As of an answer. */
  readonly valueCompletion: readonly AnswerError[];
}

/** Parts that are there at the same moment; those of fragments within others come after those. */
export interface LaterParts {
  readonly parts: readonly LaterPart[];
  /** Whether others follow. */
  readonly hasNext: boolean;
}

/** Compiles what comes later, once for the operation: what it asks of each type of object. */
export interface DeferredOperation {
  readonly scope: SelectionScope;
  readonly dataKeys: DataKeys;
  readonly root: GraphQLObjectType;
  readonly selectionSet: SelectionSetNode;
  readonly plan: CompiledPlan;
  /** Fetches of the plan by identifier. */
  readonly fetches: ReadonlyMap<string, number>;
  /** The client's labels. */
  readonly labels: ReadonlyMap<string, string | undefined>;
  readonly projections: Map<SelectionSetNode, Map<GraphQLCompositeType, Projection>>;
}

/** One part of the plan under way. */
interface Block {
  readonly run: Run;
  readonly begun: Promise<void>;
  readonly done: Promise<void>;
  /** Resolves when all that is above is done, too. */
  readonly settled: Promise<unknown>;
  isDone: boolean;
}

/** What the first part of an answer came to. */
export interface FirstPart {
  readonly text: string;
  readonly errors: readonly AnswerError[];
  /** As for its projection. */
  readonly introspection: Readonly<Record<string, string>>;
  /** Has an error's path speak of the client's keys. */
  readonly toClient: (error: AnswerError) => AnswerError;
}

export interface DeferredExecution {
  readonly run: Run;
  /** Resolves when the data of the first part is there. */
  readonly done: Promise<void>;
  /** The errors that belong to the first part, and the parts that follow, which are undefined when there are none. */
  later(first: FirstPart): {
    readonly errors: readonly AnswerError[];
    readonly following: AsyncGenerator<LaterParts, void> | undefined;
  };
}

/** Executes an operation of which fragments come later: each as soon as what it needs is there, and what it is about has been told. */
export function executeDeferred(operation: DeferredOperation, main: Run): DeferredExecution {
  const { plan, fetches } = operation;
  let isAbandoned = false;
  const left = new Map(fetches);
  const fetched = new Map([...fetches.keys()].map((id) => [id, Promise.withResolvers<void>()]));
  const tell = (id: string) => {
    const count = (left.get(id) ?? 1) - 1;
    left.set(id, count);
    if (count === 0) fetched.get(id)?.resolve();
  };
  // Each part has a run of its own, and what they find is put together: none knows of all answers.
  const first: Run = { ...main, fetched: tell, isAbandoned: () => isAbandoned, isPlain: false };
  const finished = Promise.resolve(plan.step(first));
  // Who waits for the first part is told what it failed of; nothing follows.
  const settled = finished.catch(() => {
    isAbandoned = true;
  });
  const primary: Block = { run: first, begun: Promise.resolve(), done: finished, settled, isDone: false };
  const begun = new Map<DeferredStep, Block>();
  const blocks = new Map<string, Block[]>();
  for (const step of plan.deferred) {
    const block = begin(step, (step.within && begun.get(step.within)) ?? primary);
    begun.set(step, block);
    blocks.set(step.label, [...(blocks.get(step.label) ?? []), block]);
  }

  function begin({ depends, step }: DeferredStep, above: Block): Block {
    const run: Run = {
      ...first,
      errors: [],
      waiting: new Map(),
      known: first.known && new Map(),
    };
    // What a skipped fetch would have brought is not waited for once all that is above is done.
    const ready = Promise.race([Promise.all(depends.map((id) => fetched.get(id)?.promise)), above.settled]);
    const begun = above.begun.then(() => ready).then(() => {});
    const done = begun
      .then(() => (isAbandoned ? undefined : step(run)))
      .catch((error: unknown) => void run.errors.push(unexpected(error)));
    const block: Block = { run, begun, done, settled: Promise.all([done, above.settled]), isDone: false };
    void block.done.then(() => {
      block.isDone = true;
    });
    return block;
  }

  return {
    run: first,
    done: finished,
    later(told) {
      const places = new DeferredPlaces(operation.scope, operation.dataKeys);
      const delivered = { data: first.data, delivered: JSON.parse(told.text) as unknown, path: [] };
      const open = byLabel(places.below(operation.root, operation.selectionSet, delivered));
      const abandon = () => {
        isAbandoned = true;
      };
      if (open.size === 0) {
        abandon();
        return { errors: told.errors, following: undefined };
      }
      const [errors, others] = partition(told.errors, (error) => error.path === undefined || isAbout(error, delivered));
      const maker = new PartMaker(operation, places, { ...told, errors: others });
      return {
        errors,
        following: endingAtOnce(
          following(open, blocks, maker, abandon, () => isAbandoned),
          abandon,
        ),
      };
    },
  };
}

function unexpected(error: unknown): AnswerError {
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), extensions: {} };
}

/** Once it is ended from without nothing more begins, whatever is waited for. */
function endingAtOnce(parts: AsyncGenerator<LaterParts, void>, abandon: () => void): typeof parts {
  const end = parts.return.bind(parts);
  parts.return = (value) => {
    abandon();
    return end(value);
  };
  return parts;
}

async function* following(
  open: Map<string, DeferredPlace[]>,
  blocks: ReadonlyMap<string, readonly Block[]>,
  maker: PartMaker,
  abandon: () => void,
  isAbandoned: () => boolean,
): AsyncGenerator<LaterParts, void> {
  const blocksOf = (label: string) => blocks.get(label) ?? [];
  try {
    while (open.size > 0) {
      await Promise.race([...open.keys()].map((label) => Promise.all(blocksOf(label).map(({ done }) => done))));
      if (isAbandoned()) return;
      const parts: LaterPart[] = [];
      // What is found within a part comes behind it, at once when it is there.
      for (const [label, places] of open) {
        const under = blocksOf(label);
        if (!under.every(({ isDone }) => isDone)) continue;
        open.delete(label);
        const made = maker.make(
          label,
          places,
          under.map(({ run }) => run),
        );
        parts.push(...made.parts);
        for (const [inner, found] of byLabel(made.within)) open.set(inner, [...(open.get(inner) ?? []), ...found]);
      }
      if (open.size === 0) maker.addTo(parts);
      if (parts.length > 0) yield { parts, hasNext: open.size > 0 };
    }
  } finally {
    abandon();
  }
}

function byLabel(places: readonly DeferredPlace[]): Map<string, DeferredPlace[]> {
  return Map.groupBy(places, ({ label }) => label);
}

interface Made {
  readonly parts: LaterPart[];
  readonly within: readonly DeferredPlace[];
}

/** What is about nothing in particular is told beside something of its kind. */
function addErrors(parts: LaterPart[], errors: readonly AnswerError[]): void {
  const [first, ...rest] = parts;
  if (first === undefined || errors.length === 0) return;
  parts.splice(0, parts.length, { ...first, errors: [...first.errors, ...errors] }, ...rest);
}

class PartMaker {
  readonly #operation: DeferredOperation;
  readonly #places: DeferredPlaces;
  readonly #introspection: FirstPart['introspection'];
  readonly #toClient: FirstPart['toClient'];
  /** Errors of fetches for the first part about what is told later. */
  #early: readonly AnswerError[];
  /** Faults that parts still have room for, all of them together. */
  #maxFaults = MAX_ERRORS;

  constructor(operation: DeferredOperation, places: DeferredPlaces, first: Omit<FirstPart, 'text'>) {
    this.#operation = operation;
    this.#places = places;
    this.#introspection = first.introspection;
    this.#toClient = first.toClient;
    this.#early = first.errors;
  }

  /** The parts of a fragment, and where others stand within them. */
  make(label: string, places: readonly DeferredPlace[], runs: readonly Run[]): Made {
    const parts: LaterPart[] = [];
    const within: DeferredPlace[] = [];
    let errors = runs.flatMap((run) => run.errors.map(this.#toClient));
    const texts = new Map<Projection, ProjectionState['texts']>();
    for (const { selectionSet, type: known, data, path } of places) {
      // It may be told with what comes now.
      const type = this.#places.typeOf(known, data);
      const projection = this.#projection(type, selectionSet);
      const shared = texts.get(projection) ?? [];
      texts.set(projection, shared);
      const state: ProjectionState = {
        faults: [],
        maxFaults: this.#maxFaults,
        texts: shared,
        introspection: this.#introspection,
        isPlain: false,
      };
      const text = projection(data, state) ?? 'null';
      this.#maxFaults = Math.max(this.#maxFaults - state.faults.length, 0);
      const part: DeliveredObject = { data, delivered: JSON.parse(text), path };
      const [early, later] = partition(this.#early, (error) => isAbout(error, part));
      const [own, others] = partition(errors, (error) => isAbout(error, part));
      this.#early = later;
      errors = others;
      const about = [...early, ...own];
      const faults = faultErrors(state.faults.map((fault) => ({ ...fault, path: [...path, ...fault.path] })));
      const valueCompletion = about.length > 0 ? [] : faults.completion;
      const clientLabel = this.#operation.labels.get(label);
      parts.push({ label: clientLabel, path, data: text, errors: [...faults.errors, ...about], valueCompletion });
      within.push(...this.#places.below(type, selectionSet, part));
    }
    addErrors(parts, errors);
    return { parts, within };
  }

  /** Tells with the last parts what has not been told. */
  addTo(parts: LaterPart[]): void {
    addErrors(parts, this.#early);
    this.#early = [];
  }

  #projection(type: GraphQLCompositeType, selectionSet: SelectionSetNode): Projection {
    const { projections, scope, dataKeys } = this.#operation;
    const byType = projections.get(selectionSet) ?? new Map<GraphQLCompositeType, Projection>();
    projections.set(selectionSet, byType);
    const projection = byType.get(type) ?? compileProjection(scope, type, selectionSet, dataKeys);
    byType.set(type, projection);
    return projection;
  }
}

/** Whether the place of an error is one of a part: there is a value, or null where one would be. */
function isAbout({ path: place = [] }: AnswerError, { path, delivered }: Omit<DeliveredObject, 'data'>): boolean {
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
