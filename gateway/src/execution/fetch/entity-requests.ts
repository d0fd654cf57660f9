import type { EntityRequest, ExecutionContext, SubgraphRequest, SubgraphResponse } from '../execution-context.ts';
import { groupVariable, responseForGroup } from './context-arguments.ts';
import type { RestoreNumbers } from './restore-numbers.ts';
import { sendRequest, type VariableText, variablesText } from './subgraph-request.ts';

type JsonObject = Record<string, unknown>;

/** An entity that a fetch needs. */
export interface FetchedEntity {
  /** JSON text. */
  readonly representation: string;
  /** The objects of the data that are this entity. */
  readonly objects: [JsonObject, ...JsonObject[]];
}

/** The entities of one fetch within a request. */
export interface RequestShare {
  readonly entities: readonly FetchedEntity[];
  readonly request: EntityRequest;
  /** Index of each entity in the request. */
  readonly indexes: readonly number[];
  /** True when this fetch created the request. */
  readonly isFirst: boolean;
}

/** The fetch of a request, its subgraph, and the path of the entities. */
export type RequestTarget = Pick<SubgraphRequest, 'subgraph' | 'path' | 'node'>;

/** Entities with equal context arguments. */
export interface EntityGroup {
  readonly values: readonly VariableText[];
  readonly entities: readonly FetchedEntity[];
}

/**
 * Creates a request that is sent at the end of this turn of the event loop; until then other fetches may join it.
 *
 * @param key equal for fetches that can share a request
 * @param start text of the body up to `representations`
 */
export function createEntityRequest(
  context: ExecutionContext,
  key: string,
  target: RequestTarget,
  start: string,
  entities: readonly FetchedEntity[],
  restoreNumbers: RestoreNumbers | undefined,
): EntityRequest {
  const representations = entities.map(({ representation }) => representation);
  const { promise: response, resolve } = Promise.withResolvers<SubgraphResponse | undefined>();
  const request = { representations, response };
  context.pendingRequests.set(key, request);
  setImmediate(() => {
    context.pendingRequests.delete(key);
    const body = `${start}"representations":[${representations.join()}]}}`;
    const representationCount = representations.length;
    resolve(sendRequest(context, { ...target, body, isMutation: false, representationCount }, restoreNumbers));
  });
  return request;
}

/** Adds entities to a request that has not been sent; returns the index of each in the request. */
export function joinEntityRequest(request: EntityRequest, entities: readonly FetchedEntity[]): number[] {
  const { representations } = request;
  request.indexes ??= new Map(representations.map((text, index) => [text, index]));
  const { indexes } = request;
  return entities.map(({ representation }) =>
    getOrInsert(indexes, representation, () => representations.push(representation) - 1),
  );
}

/** Sends one request for several groups; returns a request for each, whose response is the group's part. */
export function sendGroups(
  context: ExecutionContext,
  target: RequestTarget,
  start: string,
  groups: readonly EntityGroup[],
  restoreNumbers: RestoreNumbers | undefined,
): EntityRequest[] {
  const texts = groups.map(({ entities }) => entities.map(({ representation }) => representation));
  const variables = groups.map(({ values }, index) => {
    const named = values.map(([name, text]) => [groupVariable(name, index), text] as const);
    return variablesText([...named, [groupVariable('representations', index), `[${texts[index]?.join()}]`]]);
  });
  const body = `${start}${variables.join('').slice(0, -1)}}}`;
  const representationCount = texts.reduce((count, { length }) => count + length, 0);
  const whole = sendRequest(context, { ...target, body, isMutation: false, representationCount }, restoreNumbers);
  return texts.map((representations, index) => ({
    representations,
    response: whole.then((response) => response && responseForGroup(response, index)),
  }));
}

export function getOrInsert<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const created = create();
  map.set(key, created);
  return created;
}
