import type { FetchNode, ResponsePath } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { cloneJson } from '../../graphql/exact-numbers.ts';
import { parseFetch } from '../../graphql/fetch-nodes.ts';
import { isObject, own } from '../../graphql/own-property.ts';
import { objectsAt, parsePath } from '../../graphql/response-path.ts';
import type {
  EntityRequest,
  ExecutionContext,
  PlanStep,
  SharedEntity,
  SubgraphResponse,
} from '../execution-context.ts';
import { invalidResponse, reportError } from '../subgraph-errors.ts';
import { type ContextArguments, compileContextArguments, operationForGroups } from './context-arguments.ts';
import { applyDataRewrites } from './data-rewrites.ts';
import { reportEntityErrors, reportTooDeep } from './entity-errors.ts';
import {
  createEntityRequest,
  type FetchedEntity,
  getOrInsert,
  joinEntityRequest,
  type RequestShare,
  sendGroups,
} from './entity-requests.ts';
import { compileMerge } from './merge-result.ts';
import { compileRepresentations, type Representation } from './representations.ts';
import { compileRestoreNumbers } from './restore-numbers.ts';
import type { EntityReuse } from './reuse-entities.ts';
import { clientVariables, startOfBody, variablesText } from './subgraph-request.ts';

type JsonObject = Record<string, unknown>;

/** Maximum number of groups of entities, each with its own context arguments, in one request. */
const MAX_GROUPS = 50;

/**
 * Compiles a fetch of entities.
 *
 * @param path of the objects that are the entities
 * @param reuse relations to other fetches of the plan
 */
export function compileEntityFetch(
  schema: GraphQLSchema,
  node: FetchNode,
  path: ResponsePath,
  reuse: EntityReuse,
): PlanStep {
  const subgraph = node.serviceName;
  const target = { subgraph, path, node };
  const { outputRewrites } = node;
  const startOfRequest = startOfBody(node);
  const steps = parsePath(path);
  const contextArguments = compileContextArguments(schema, node, path);
  const names = (node.variableUsages ?? []).filter(
    (name) => name !== 'representations' && contextArguments?.variables.has(name) !== true,
  );
  const operation = parseFetch(node);
  const merge = compileMerge(schema, operation, '_entities');
  const restoreNumbers = compileRestoreNumbers(schema, operation, '_entities');
  const { asReuser, reusers } = reuse;
  const representationOf =
    asReuser?.representationOf ?? compileRepresentations(schema, node.requires ?? [], node.inputRewrites);
  const rewritesKey = outputRewrites === undefined ? '' : JSON.stringify(outputRewrites);

  /** Starts of requests for groups, by the number of groups. */
  const startsForGroups = new Map<number, string>();

  return (context) => {
    if (contextArguments !== undefined) return fetchGroups(context, contextArguments);
    const entities = entitiesOf(context, objectsAt(context.data, steps, context.hasSharedObjects));
    context.recording?.addEntities(node, entities.length);
    return entities.length === 0 ? undefined : fetchMissing(context, entities);
  };

  /**
   * Returns the entities of objects, each once. Where the representation has a single leaf, its value finds the
   * entity, and no text is created for the other objects.
   */
  function entitiesOf(context: ExecutionContext, objects: readonly JsonObject[]): FetchedEntity[] {
    const entities: FetchedEntity[] = [];
    const byText = new Map<unknown, FetchedEntity>();
    const byLeaf = new Map<Representation, Map<unknown, FetchedEntity>>();
    const tooDeep: JsonObject[] = [];
    for (const object of objects) {
      const representation = representationOf(object);
      if (representation === undefined) continue;
      const leaf = representation.leaf === undefined ? undefined : own(object, representation.leaf);
      const value = typeof leaf === 'string' || typeof leaf === 'number' ? leaf : undefined;
      const found =
        value === undefined ? byText : getOrInsert(byLeaf, representation, () => new Map<unknown, FetchedEntity>());
      const text = found.get(value)?.representation ?? representation.text(object, context.isPlain);
      if (text === null) tooDeep.push(object);
      if (text == null) continue;
      const key = value ?? text;
      const existing = found.get(key);
      if (existing === undefined) {
        const entity: FetchedEntity = { representation: text, objects: [object] };
        entities.push(entity);
        found.set(key, entity);
      } else {
        existing.objects.push(object);
        if (merge.hasObjects) context.hasSharedObjects = true;
      }
    }
    reportTooDeep(context, subgraph, steps, tooDeep);
    return entities;
  }

  /** Takes entities from other fetches, waits for pending ones, and requests the rest. */
  function fetchMissing(context: ExecutionContext, entities: readonly FetchedEntity[]): Promise<void> | undefined {
    const shared = asReuser && context.sharedEntities?.get(asReuser.key);
    if (shared === undefined) return fetchTogether(context, entities);
    const missing: FetchedEntity[] = [];
    const pending: FetchedEntity[] = [];
    const responses = new Set<Promise<unknown>>();
    for (const entity of entities) {
      const { request, index = 0 } = shared.get(entity.representation) ?? {};
      const source = request?.entities?.[index];
      if (isObject(source)) {
        for (const target of entity.objects) merge.into(target, source);
        context.recording?.addReusedEntity(node);
      } else if (request !== undefined && request.entities === undefined) {
        pending.push(entity);
        responses.add(request.response);
      } else missing.push(entity);
    }
    const fetched = missing.length === 0 ? undefined : fetchTogether(context, missing);
    if (pending.length === 0) return fetched;
    return all([fetched, Promise.all(responses).then(() => fetchMissing(context, pending))]);
  }

  /**
   * Requests entities, in one request with equal fetches of this turn of the event loop.
   *
   * @param argumentsText text of the context arguments
   */
  function fetchTogether(
    context: ExecutionContext,
    entities: readonly FetchedEntity[],
    argumentsText = '',
  ): Promise<void> {
    const start = startOfRequest + clientVariables(names, context.variables) + argumentsText;
    const key = `${subgraph} ${rewritesKey} ${start}`;
    const pending = context.pendingRequests.get(key);
    const request = pending ?? createEntityRequest(context, key, target, start, entities, restoreNumbers);
    context.recording?.addEntityRequest(node, request);
    const indexes = pending === undefined ? entities.map((_, index) => index) : joinEntityRequest(pending, entities);
    const share = { entities, request, indexes, isFirst: pending === undefined };
    shareEntities(context, share);
    return receiveEntities(context, share);
  }

  /** Makes entities available to the fetches that may reuse them. */
  function shareEntities(
    { sharedEntities, isPlain }: ExecutionContext,
    { entities, request, indexes }: RequestShare,
  ): void {
    if (sharedEntities === undefined) return;
    for (const { key, representationOf: representationForReuse } of reusers) {
      const shared = getOrInsert(sharedEntities, key, () => new Map<string, SharedEntity>());
      entities.forEach(({ objects: [object] }, index) => {
        const text = representationForReuse(object)?.text(object, isPlain);
        // An earlier request has a response sooner.
        if (text == null || isReusable(shared.get(text))) return;
        shared.set(text, { request, index: indexes[index] as number });
      });
    }
  }

  function startForGroups(count: number, variables: ReadonlySet<string>): string {
    return getOrInsert(startsForGroups, count, () => startOfBody(operationForGroups(node, count, variables)));
  }

  /** Requests entities by groups of equal context arguments. */
  function fetchGroups(context: ExecutionContext, { groups, variables }: ContextArguments): Promise<void> | undefined {
    const tooDeep: JsonObject[] = [];
    const needed = groups(context.data, (object) => tooDeep.push(object))
      .map(({ values, entities }) => ({ values, entities: entitiesOf(context, entities) }))
      .filter(({ entities }) => entities.length > 0);
    reportTooDeep(context, subgraph, steps, tooDeep);
    for (const { entities } of needed) context.recording?.addEntities(node, entities.length);
    const [only] = needed;
    if (only === undefined) return undefined;
    if (needed.length === 1) return fetchTogether(context, only.entities, variablesText(only.values));
    const running: Promise<void>[] = [];
    for (let first = 0; first < needed.length; first += MAX_GROUPS) {
      const together = needed.slice(first, first + MAX_GROUPS);
      const start = startForGroups(together.length, variables) + clientVariables(names, context.variables);
      const requests = sendGroups(context, target, start, together, restoreNumbers);
      together.forEach(({ entities }, group) => {
        const request = requests[group] as EntityRequest;
        const indexes = entities.map((_, index) => index);
        running.push(receiveEntities(context, { entities, request, indexes, isFirst: true }));
      });
    }
    return all(running);
  }

  /** Merges the entities of a response into the data, and reports its errors. */
  async function receiveEntities(context: ExecutionContext, share: RequestShare): Promise<void> {
    const { entities, request, indexes, isFirst } = share;
    const response = await request.response;
    request.entities ??= reusableEntities(response, request.representations.length);
    if (response === undefined) return;
    if (response.errors !== undefined) reportEntityErrors(context, subgraph, steps, response.errors, share);
    if (response.data == null) return;
    const results = response.data._entities;
    if (!Array.isArray(results) || results.length !== request.representations.length) {
      // The errors of a response explain why `_entities` is null.
      if (isFirst && (response.errors === undefined || results != null))
        reportError(context, invalidResponse(subgraph));
      return;
    }
    entities.forEach(({ objects }, index) => {
      const result: unknown = results[indexes[index] as number];
      if (!isObject(result)) return;
      applyDataRewrites(schema, outputRewrites, result);
      // Other fetches add fields to nested objects: each fetch gets a copy.
      const source = isFirst || !merge.hasObjects ? result : cloneJson(result);
      for (const target of objects) merge.into(target, source);
    });
  }
}

const isReusable = (shared: SharedEntity | undefined) => shared !== undefined && shared.request.entities !== null;

/** Returns the entities of a response; null when it has errors, so that other fetches request them again. */
function reusableEntities(response: SubgraphResponse | undefined, count: number): readonly unknown[] | null {
  const entities = response?.data?._entities;
  return response?.errors === undefined && Array.isArray(entities) && entities.length === count ? entities : null;
}

async function all(running: readonly (Promise<void> | undefined)[]): Promise<void> {
  await Promise.all(running);
}
