import type { FetchNode, QueryPlan } from '@apollo/query-planner';
import type {
  EntityRequest,
  ExecutionError,
  FetchRecorder,
  SubgraphRequest,
  SubgraphResponse,
} from './execution-context.ts';

/** The run of one fetch. Times are those of `performance.now()`. */
export interface RecordedFetch {
  readonly begun: number;
  /** Undefined while it runs. */
  ended?: number;
  /** Number of different entities that it needs; undefined for root fields. */
  entities?: number;
  /** Number of entities that it took from responses to other fetches. */
  reusedEntities: number;
  /** The fetch whose request it joined. */
  joined?: FetchNode;
  /** Number of its own requests. */
  requests: number;
  /** Time of its longest request, in ms. */
  requestMs: number;
  requestBytes: number;
  responseBytes: number;
  /** Number of failed requests, and of errors in responses. */
  errors: number;
  /** The code of the first failed request. */
  errorCode?: string;
}

/** The plan that is executed, with the client's names for its parts. */
export interface RecordedPlan {
  /** Undefined where nothing is planned. */
  readonly queryPlan?: QueryPlan;
  /** The client's response keys by the keys of the data, where they differ. */
  readonly clientKeys: ReadonlyMap<unknown, string>;
  /** The client's labels of deferred fragments by the operation's. */
  readonly deferLabels: ReadonlyMap<string, string | undefined> | undefined;
}

/** The run of one query plan: times, entities and sizes of each fetch. */
export class PlanRecording implements FetchRecorder {
  /** The time at which the request arrived, as `performance.now()`. */
  readonly created = performance.now();
  /** The start of the execution. */
  begun = this.created;
  /** Undefined until the execution starts. */
  plan: RecordedPlan | undefined;
  /** The operation's variables with their defaults. */
  variables: Readonly<Record<string, unknown>> = {};
  readonly #fetches = new Map<FetchNode, RecordedFetch>();
  readonly #senders = new Map<EntityRequest, FetchNode>();

  /** Starts the recording of an execution. */
  begin(plan: RecordedPlan, variables: Readonly<Record<string, unknown>>): void {
    this.begun = performance.now();
    this.plan = plan;
    this.variables = variables;
  }

  /** Returns the run of a fetch; undefined when it did not begin. */
  fetchOf(node: FetchNode): RecordedFetch | undefined {
    return this.#fetches.get(node);
  }

  async run(node: FetchNode, step: () => Promise<void> | undefined): Promise<void> {
    const fetch: RecordedFetch = {
      begun: performance.now(),
      reusedEntities: 0,
      requests: 0,
      requestMs: 0,
      requestBytes: 0,
      responseBytes: 0,
      errors: 0,
    };
    this.#fetches.set(node, fetch);
    await step();
    fetch.ended = performance.now();
  }

  addEntities(node: FetchNode, count: number): void {
    const fetch = this.#fetches.get(node);
    if (fetch !== undefined) fetch.entities = (fetch.entities ?? 0) + count;
  }

  addReusedEntity(node: FetchNode): void {
    const fetch = this.#fetches.get(node);
    if (fetch !== undefined) fetch.reusedEntities += 1;
  }

  addEntityRequest(node: FetchNode, request: EntityRequest): void {
    const sender = this.#senders.get(request);
    const fetch = this.#fetches.get(node);
    if (sender === undefined) this.#senders.set(request, node);
    else if (fetch !== undefined) fetch.joined = sender;
  }

  /** Sends a request, and records its time and sizes. */
  async request(request: SubgraphRequest, send: () => Promise<SubgraphResponse>): Promise<SubgraphResponse> {
    const fetch = request.node && this.#fetches.get(request.node);
    if (fetch === undefined) return send();
    const begun = performance.now();
    fetch.requests += 1;
    fetch.requestBytes += Buffer.byteLength(request.body);
    try {
      const response = await send();
      fetch.responseBytes += Buffer.byteLength(response.text ?? '');
      fetch.errors += Array.isArray(response.errors) ? response.errors.length : 0;
      return response;
    } catch (error) {
      fetch.errors += 1;
      fetch.errorCode ??= String((error as ExecutionError).extensions.code);
      throw error;
    } finally {
      fetch.requestMs = Math.max(fetch.requestMs, performance.now() - begun);
    }
  }
}
