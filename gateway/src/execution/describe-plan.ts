import type { DeferNode, FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner';
import { operationLabel } from '../directives/defer.ts';
import { fetchNodesOf } from '../graphql/fetch-nodes.ts';
import type { PlanRecording, RecordedPlan } from './plan-recording.ts';

/** The run of a fetch; times are in ms, sizes in bytes of JSON without content coding. */
export interface FetchRun {
  /** Time from the start of the execution. */
  readonly startMs: number;
  /** Null when the fetch has not ended. */
  readonly durationMs: number | null;
  /** Number of different entities that it needed; null for root fields. */
  readonly entities: number | null;
  /** Number of entities that it took from responses to other fetches. */
  readonly reusedEntities: number;
  /** The fetch whose request it joined. */
  readonly joinedFetch: number | null;
  readonly requests: number;
  readonly requestMs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly errors: number;
  readonly errorCode: string | null;
}

export interface FetchDescription {
  readonly kind: 'Fetch';
  /** The number of the fetch in the plan, from 1. */
  readonly id: number;
  readonly subgraph: string;
  readonly operation: 'query' | 'mutation' | 'subscription';
  /** The path of the entities; empty for root fields. `@` stands for the items of a list. */
  readonly path: readonly string[];
  /** The types of the entities; empty for root fields. */
  readonly types: readonly string[];
  /** The operation for the subgraph, cut to a length. */
  readonly document: string;
  /** Null when the fetch did not begin. */
  readonly run: FetchRun | null;
}

export interface DeferredDescription {
  /** The client's label of the fragment. */
  readonly label: string | null;
  /** The path of the fragment. */
  readonly path: readonly string[];
  /** The fetches after which it begins. */
  readonly depends: readonly number[];
  /** Null when it has no fetch of its own. */
  readonly node: PlanNodeDescription | null;
}

/** A node of a query plan. A flatten node is the path of its fetch. */
export type PlanNodeDescription =
  | FetchDescription
  | { readonly kind: 'Sequence' | 'Parallel'; readonly nodes: readonly PlanNodeDescription[] }
  | {
      readonly kind: 'Condition';
      readonly variable: string;
      /** The value of the variable, which decides between the nodes. */
      readonly value: boolean;
      readonly ifClause: PlanNodeDescription | null;
      readonly elseClause: PlanNodeDescription | null;
    }
  | {
      readonly kind: 'Defer';
      readonly primary: PlanNodeDescription | null;
      readonly deferred: readonly DeferredDescription[];
    };

/** A query plan and its run, for clients. */
export interface PlanDescription {
  /** The trace of the request; null without tracing. */
  readonly traceId: string | null;
  /** Time from the arrival of the request to the start of the execution, in ms. */
  readonly preparationMs: number;
  readonly executionMs: number;
  /** Number of fetches in the plan. */
  readonly fetches: number;
  /** Number of fetches that the description leaves out: it has 100 at most. */
  readonly omittedFetches: number;
  /** Null when nothing is fetched. */
  readonly node: PlanNodeDescription | null;
}

const MAX_FETCHES = 100;
/** Limit of a document's length, and of all documents of a plan together. */
const MAX_DOCUMENT = 4_000;
const MAX_DOCUMENTS = 64_000;
/** Limits of paths and lists of types, and of the length of their names. */
const MAX_NAMES = 50;
const MAX_NAME = 100;

/** Describes the plan of a recording at this time. */
export function describePlan(recording: PlanRecording, traceId: string | undefined): PlanDescription {
  const { plan, created, begun } = recording;
  const node = plan?.queryPlan?.node;
  const all = fetchNodesOf(node);
  const description = plan && new Describer(recording, plan, all).describe(node);
  return {
    traceId: traceId ?? null,
    preparationMs: rounded(begun - created),
    executionMs: rounded(performance.now() - begun),
    fetches: all.length,
    omittedFetches: Math.max(all.length - MAX_FETCHES, 0),
    node: description ?? null,
  };
}

class Describer {
  readonly #recording: PlanRecording;
  readonly #plan: RecordedPlan;
  readonly #numbers: ReadonlyMap<FetchNode, number>;
  /** The numbers of fetches by the planner's identifier, which fetches have that deferred blocks depend on. */
  readonly #numbersById = new Map<string, number[]>();
  #documentRoom = MAX_DOCUMENTS;
  #blockRoom = MAX_FETCHES;

  constructor(recording: PlanRecording, plan: RecordedPlan, fetches: readonly FetchNode[]) {
    this.#recording = recording;
    this.#plan = plan;
    this.#numbers = new Map(fetches.slice(0, MAX_FETCHES).map((fetch, index) => [fetch, index + 1]));
    for (const [{ id }, number] of this.#numbers) {
      if (id !== undefined) this.#numbersById.set(id, [...(this.#numbersById.get(id) ?? []), number]);
    }
  }

  /** Returns undefined for nodes that are left out. */
  describe(node: QueryPlan['node'], path: readonly string[] = []): PlanNodeDescription | undefined {
    switch (node?.kind) {
      case 'Fetch':
        return this.#fetch(node, path);
      case 'Flatten':
        return this.describe(node.node, [...path, ...this.#names(node.path)]);
      case 'Sequence':
      case 'Parallel':
        return this.#group(node.kind, node.nodes, path);
      case 'Condition': {
        const ifClause = this.describe(node.ifClause, path) ?? null;
        const elseClause = this.describe(node.elseClause, path) ?? null;
        if (ifClause === null && elseClause === null) return undefined;
        const value = this.#recording.variables[node.condition] === true;
        return { kind: 'Condition', variable: cut(node.condition), value, ifClause, elseClause };
      }
      case 'Defer':
        return {
          kind: 'Defer',
          primary: this.describe(node.primary.node, path) ?? null,
          deferred: this.#deferred(node),
        };
      default:
        return undefined;
    }
  }

  #group(kind: 'Sequence' | 'Parallel', children: readonly PlanNode[], path: readonly string[]) {
    const nodes = children.flatMap((child) => this.describe(child, path) ?? []);
    return nodes.length < 2 ? nodes[0] : { kind, nodes };
  }

  #deferred({ deferred }: DeferNode): DeferredDescription[] {
    const blocks = deferred.slice(0, this.#blockRoom);
    this.#blockRoom -= blocks.length;
    return blocks.map(({ label = '', queryPath, depends, node }) => {
      const clientLabel = this.#plan.deferLabels?.get(operationLabel(label));
      return {
        label: clientLabel === undefined ? null : cut(clientLabel),
        path: this.#names(queryPath),
        depends: depends.flatMap(({ id }) => this.#numbersById.get(id) ?? []),
        node: this.describe(node) ?? null,
      };
    });
  }

  #fetch(node: FetchNode, path: readonly string[]): FetchDescription | undefined {
    const id = this.#numbers.get(node);
    if (id === undefined) return undefined;
    const document = cut(node.operation, Math.min(MAX_DOCUMENT, this.#documentRoom));
    this.#documentRoom -= document.length;
    const types = (node.requires ?? []).flatMap((selection) =>
      selection.kind === 'InlineFragment' && selection.typeCondition !== undefined ? [selection.typeCondition] : [],
    );
    return {
      kind: 'Fetch',
      id,
      subgraph: cut(node.serviceName),
      operation: node.operationKind,
      path: path.slice(0, MAX_NAMES),
      types: [...new Set(types)].slice(0, MAX_NAMES).map((type) => cut(type)),
      document,
      run: this.#run(node),
    };
  }

  #run(node: FetchNode): FetchRun | null {
    const run = this.#recording.fetchOf(node);
    if (run === undefined) return null;
    return {
      startMs: rounded(run.begun - this.#recording.begun),
      durationMs: run.ended === undefined ? null : rounded(run.ended - run.begun),
      entities: run.entities ?? (node.requires === undefined ? null : 0),
      reusedEntities: run.reusedEntities,
      joinedFetch: (run.joined && this.#numbers.get(run.joined)) ?? null,
      requests: run.requests,
      requestMs: rounded(run.requestMs),
      requestBytes: run.requestBytes,
      responseBytes: run.responseBytes,
      errors: run.errors,
      errorCode: run.errorCode === undefined ? null : cut(run.errorCode),
    };
  }

  /** Returns the client's names of a path. */
  #names(path: readonly (string | number)[]): string[] {
    return path.slice(0, MAX_NAMES).map((key) => cut(this.#plan.clientKeys.get(key) ?? String(key)));
  }
}

function cut(text: string, length = MAX_NAME): string {
  return text.length > length ? `${text.slice(0, Math.max(length - 1, 0))}…` : text;
}

const rounded = (milliseconds: number) => Math.round(milliseconds * 100) / 100;
