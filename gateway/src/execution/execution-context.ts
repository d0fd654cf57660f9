/** An error of an answer (GraphQL specification, section 7.1.2). */
export interface ExecutionError {
  readonly message: string;
  path?: (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** A subgraph's response to one request: JSON of which only the type of `data` is checked (an object, null or absent). */
export interface SubgraphResponse {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly unknown[];
  readonly extensions?: unknown;
  /** Parses its whole text once more, with exact numbers; undefined where parsing changed none. */
  readonly exact?: () => unknown;
  /** As `isPlainText` has it of its text; nothing is told by its absence. */
  readonly isPlain?: boolean;
}

/** One request to a subgraph. */
export interface SubgraphRequest {
  readonly subgraph: string;
  /** JSON text of `query`, `operationName` and `variables`. */
  readonly body: string;
  readonly isMutation: boolean;
  /** True for a fetch in the plan of a mutation: it joins no request that was sent before the write. */
  readonly followsWrite?: boolean;
  /** How many entities it asks for, when it asks for entities. */
  readonly representationCount?: number;
}

/**
 * Asks a subgraph. Rejects with an {@link ExecutionError} when there is no answer that could be used. What it resolves to belongs to the
 * caller, who changes it.
 */
export type RequestSubgraph<Context> = (request: SubgraphRequest, context: Context) => Promise<SubgraphResponse>;

/** One request for entities, of one fetch or of several that ask the same of entities. */
export interface EntityRequest {
  /** JSON text of each, all of them different. */
  readonly representations: string[];
  /** Their places, where more than one fetch asks. */
  indexes?: Map<string, number>;
  /** Undefined when there was no answer that could be used; then the errors are known already. */
  readonly response: Promise<SubgraphResponse | undefined>;
  /** Entities of the response by index; null when other fetches cannot rely on them, undefined until the response. */
  entities?: readonly unknown[] | null;
}

/** An entity that one fetch asks for, and others may want to know of. */
export interface SharedEntity {
  readonly request: EntityRequest;
  readonly index: number;
}

/** One execution of an operation. */
export interface ExecutionContext {
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** With the defaults of the operation, by the types of the schema. */
  readonly coerced: Readonly<Record<string, unknown>>;
  readonly request: (request: SubgraphRequest) => Promise<SubgraphResponse>;
  /** The answer as it grows, by response keys. */
  readonly data: Record<string, unknown>;
  readonly errors: ExecutionError[];
  /** Entity fetches that have not been sent yet, by what is equal in those that can be sent together. */
  readonly pendingRequests: Map<string, EntityRequest>;
  /**
   * Entities that have been asked for, by the keys of fetches that may follow and the text of representations of theirs; undefined where
   * entities may change in between.
   */
  readonly sharedEntities: Map<string, Map<string, SharedEntity>> | undefined;
  /** True when objects of the data may stand at several paths, because several fetches requested the same entity. */
  hasSharedObjects: boolean;
  /** True while all responses are plain: nothing in their JSON text is escaped. */
  isPlain: boolean;
  /** Is told of each fetch of the plan that has an identifier, once it is done; only where something comes later. */
  readonly onFetchDone?: (id: string) => void;
  /** Returns true when the client of an incremental delivery has gone. */
  readonly isAbandoned?: () => boolean;
}

/** A compiled part of a query plan. It never rejects: failures are errors of the context. */
export type PlanStep = (context: ExecutionContext) => Promise<void> | undefined;
