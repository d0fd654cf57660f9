import type { FetchNode, ResponsePath } from '@apollo/query-planner';

/** An error of a result (GraphQL specification, section 7.1.2). */
export interface ExecutionError {
  readonly message: string;
  path?: (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
  /** The error of a data source that rejected the request. */
  readonly originalError?: unknown;
}

/** A subgraph's response to one request: JSON of which only the type of `data` is checked (an object, null or absent). */
export interface SubgraphResponse {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly unknown[];
  readonly extensions?: unknown;
  /** Parses the whole text again, with exact numbers; undefined when parsing changed none. */
  readonly exact?: () => unknown;
  /** The JSON text; undefined when unknown. */
  readonly text?: string;
  /** The result of `isPlainText` for its text; undefined when unknown. */
  readonly isPlain?: boolean;
}

/** One request to a subgraph. */
export interface SubgraphRequest {
  readonly subgraph: string;
  /** JSON text of `query`, `operationName` and `variables`. */
  readonly body: string;
  readonly isMutation: boolean;
  /** The path of the objects that it extends; empty for root fields. */
  readonly path: ResponsePath;
  /** True for a fetch in the plan of a mutation: it joins no request that was sent before the write. */
  readonly followsWrite?: boolean;
  /** The fetch that creates the request. */
  readonly node?: FetchNode;
  /** Number of representations, for its span; undefined in a request for root fields. */
  readonly representationCount?: number;
}

/**
 * A function that sends a request to a subgraph. It rejects with an {@link ExecutionError} when there is no usable
 * response. The caller owns the response and changes it.
 */
export type RequestSubgraph<Context> = (request: SubgraphRequest, context: Context) => Promise<SubgraphResponse>;

/** One request for entities, of one fetch or of several equal ones. */
export interface EntityRequest {
  /** JSON text of each, without duplicates. */
  readonly representations: string[];
  /** Index of each representation; undefined until a second fetch joins. */
  indexes?: Map<string, number>;
  /** Undefined without a usable response, whose error has been reported. */
  readonly response: Promise<SubgraphResponse | undefined>;
  /** Entities of the response by index; null when other fetches cannot rely on them, undefined until the response. */
  entities?: readonly unknown[] | null;
}

/** A requested entity that other fetches may reuse. */
export interface SharedEntity {
  readonly request: EntityRequest;
  readonly index: number;
}

/** Records the fetches of one execution. */
export interface FetchRecorder {
  /** Runs a fetch. */
  run(node: FetchNode, step: () => Promise<void> | undefined): Promise<void>;
  /** Adds to the number of different entities that a fetch needs. */
  addEntities(node: FetchNode, count: number): void;
  /** Adds an entity that a fetch took from the response to another. */
  addReusedEntity(node: FetchNode): void;
  /** Adds the request of a fetch, which another fetch may have created. */
  addEntityRequest(node: FetchNode, request: EntityRequest): void;
}

/** One execution of an operation. */
export interface ExecutionContext {
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** With the operation's defaults, coerced to the types of the schema. */
  readonly coerced: Readonly<Record<string, unknown>>;
  readonly request: (request: SubgraphRequest) => Promise<SubgraphResponse>;
  /** The merged data of all fetches so far, by data keys. */
  readonly data: Record<string, unknown>;
  readonly errors: ExecutionError[];
  /** Entity requests that have not been sent, by the key of the fetches that can join. */
  readonly pendingRequests: Map<string, EntityRequest>;
  /**
   * Requested entities by the key of fetches that may reuse them, then by the text of their representations. Undefined
   * in a mutation, which may change entities between fetches.
   */
  readonly sharedEntities: Map<string, Map<string, SharedEntity>> | undefined;
  /** True when one object may be at several paths of the data. */
  hasSharedObjects: boolean;
  /** True while all responses are plain: nothing in their JSON text is escaped. */
  isPlain: boolean;
  /** Records the run of the plan; undefined when the client did not request it. */
  readonly recording: FetchRecorder | undefined;
  /** Called with the identifier of each fetch that is done; undefined without deferred fragments. */
  readonly onFetchDone?: (id: string) => void;
  /** Returns true when the client of an incremental delivery has gone. */
  readonly isAbandoned?: () => boolean;
}

/** A compiled part of a query plan. It never rejects: failures are errors of the context. */
export type PlanStep = (context: ExecutionContext) => Promise<void> | undefined;
