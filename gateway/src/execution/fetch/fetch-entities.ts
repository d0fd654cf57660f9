import type { FetchNode, ResponsePath } from '@apollo/query-planner';
import { MAX_ERRORS } from '@marquee/graphql-over-http/error-limits';
import type { GraphQLSchema } from 'graphql';
import { cloneJson } from '../../graphql/exact-numbers.ts';
import { parseFetch } from '../../graphql/fetch-nodes.ts';
import { isObject, own } from '../../graphql/own-property.ts';
import { objectsAt, parsePath, pathsOfObjects, responseKeysOf } from '../../graphql/response-path.ts';
import type {
  EntityRequest,
  ExecutionContext,
  ExecutionError,
  SharedEntity,
  SubgraphRequest,
  SubgraphResponse,
} from '../execution-context.ts';
import { errorPath, invalidResponse, representationTooDeep, subgraphError } from '../subgraph-errors.ts';
import {
  type ContextArguments,
  type ContextGroup,
  compileContextArguments,
  groupVariable,
  operationForGroups,
  responseForGroup,
} from './context-arguments.ts';
import { applyDataRewrites } from './data-rewrites.ts';
import { compileMerge } from './merge-result.ts';
import { compileRepresentations, type Representation } from './representations.ts';
import { compileRestoreNumbers, type RestoreNumbers } from './restore-numbers.ts';
import type { EntityReuse } from './reuse-entities.ts';

type JsonObject = Record<string, unknown>;

/** A part of a plan, ready to context. It never rejects: what goes wrong is an error of the context. */
export type PlanStep = (context: ExecutionContext) => Promise<void> | undefined;

/** An entity that is asked for. */
interface Wanted {
  /** JSON text of its representation. */
  readonly text: string;
  /** Objects of the data that are this entity. */
  readonly objects: [JsonObject, ...JsonObject[]];
}

/** Entities that one request tells of. */
interface Share {
  readonly wanted: readonly Wanted[];
  readonly request: EntityRequest;
  /** Indexes of their representations in the request. */
  readonly places: readonly number[];
  /** True when this fetch created the request. */
  readonly isFirst: boolean;
}

/** Groups of entities with contexts of their own that one request asks for. */
const MAX_GROUPS = 50;

/** Errors that one error of a subgraph becomes at most: an entity may stand in thousands of places. */
const MAX_PLACES = 100;

/**
 * Compiles a fetch: what is constant of its request is made once.
 *
 * @param path of the objects that it adds to
 * @param sharing what its entities are to other fetches of the plan
 */
export function compileFetch(
  schema: GraphQLSchema,
  node: FetchNode,
  path: ResponsePath,
  sharing: EntityReuse,
): PlanStep {
  return node.requires === undefined ? rootFetch(schema, node, path) : entityFetch(schema, node, path, sharing);
}

/** The request's text up to the first variable. */
function beginningOf({ operation, operationName }: FetchNode): string {
  if (operationName === undefined) return `{"query":${JSON.stringify(operation)},"variables":{`;
  // The planner numbers the names of its operations, which keeps equal ones apart.
  const name = operationName.slice(0, operationName.lastIndexOf('__'));
  const query = operation.replace(operationName, name);
  return `{"query":${JSON.stringify(query)},"operationName":${JSON.stringify(name)},"variables":{`;
}

/** The variables that the fetch uses, of those that the client sent; each with a comma behind it. */
function variablesText(names: readonly string[], variables: ExecutionContext['variables']): string {
  let text = '';
  for (const name of names) {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value !== undefined) text += `${JSON.stringify(name)}:${JSON.stringify(value)},`;
  }
  return text;
}

function rootFetch(schema: GraphQLSchema, node: FetchNode, path: ResponsePath): PlanStep {
  const subgraph = node.serviceName;
  const isMutation = node.operationKind === 'mutation';
  const beginning = beginningOf(node);
  const names = node.variableUsages ?? [];
  const operation = parseFetch(node);
  const merge = compileMerge(schema, operation);
  const restoreNumbers = compileRestoreNumbers(schema, operation);
  const steps = parsePath(path);
  return async (context) => {
    const variables = variablesText(names, context.variables).slice(0, -1);
    const response = await send(context, { subgraph, body: `${beginning}${variables}}}`, isMutation }, restoreNumbers);
    if (response === undefined) return;
    for (const error of response.errors ?? []) {
      if (isFull(context)) break;
      const place = errorPath(error);
      add(context, subgraphError(subgraph, error), place && [...responseKeysOf(steps), ...place]);
    }
    if (response.data == null) return;
    applyDataRewrites(schema, node.outputRewrites, response.data);
    for (const target of objectsAt(context.data, steps, context.hasSharedObjects)) merge.into(target, response.data);
  };
}

function entityFetch(schema: GraphQLSchema, node: FetchNode, path: ResponsePath, sharing: EntityReuse): PlanStep {
  const subgraph = node.serviceName;
  const { outputRewrites } = node;
  const beginning = beginningOf(node);
  const steps = parsePath(path);
  const contexts = compileContextArguments(schema, node, path);
  const names = (node.variableUsages ?? []).filter(
    (name) => name !== 'representations' && contexts?.variables.has(name) !== true,
  );
  const operation = parseFetch(node);
  const merge = compileMerge(schema, operation, '_entities');
  const restoreNumbers = compileRestoreNumbers(schema, operation, '_entities');
  const { asReuser, reusers } = sharing;
  const representationOf =
    asReuser?.representationOf ?? compileRepresentations(schema, node.requires ?? [], node.inputRewrites);
  const rewritesKey = outputRewrites === undefined ? '' : JSON.stringify(outputRewrites);

  /** By the number of groups that are asked for at once. */
  const beginnings = new Map<number, string>();

  return (context) => {
    if (contexts !== undefined) return fetchGroups(context, contexts);
    const wanted = wantedOf(context, objectsAt(context.data, steps, context.hasSharedObjects));
    return wanted.length === 0 ? undefined : fetchUnknown(context, wanted);
  };

  /** Entities, each once: those that are known by one value are found by it, without a text for each place where they stand. */
  function wantedOf(context: ExecutionContext, entities: readonly JsonObject[]): Wanted[] {
    const wanted: Wanted[] = [];
    const byText = new Map<unknown, Wanted>();
    const byValue = new Map<Representation, Map<unknown, Wanted>>();
    const tooDeep: JsonObject[] = [];
    for (const entity of entities) {
      const representation = representationOf(entity);
      if (representation === undefined) continue;
      const leaf = representation.leaf === undefined ? undefined : own(entity, representation.leaf);
      const value = typeof leaf === 'string' || typeof leaf === 'number' ? leaf : undefined;
      const known = value === undefined ? byText : inMap(byValue, representation, () => new Map<unknown, Wanted>());
      const text = known.get(value)?.text ?? representation.text(entity, context.isPlain);
      if (text === null) tooDeep.push(entity);
      if (text == null) continue;
      const key = value ?? text;
      const same = known.get(key);
      if (same === undefined) {
        const one: Wanted = { text, objects: [entity] };
        wanted.push(one);
        known.set(key, one);
      } else {
        same.objects.push(entity);
        if (merge.hasObjects) context.hasSharedObjects = true;
      }
    }
    reportTooDeep(context, tooDeep);
    return wanted;
  }

  /** Requests only entities that no other fetch has requested, and awaits the responses of those fetches. */
  function fetchUnknown(context: ExecutionContext, wanted: readonly Wanted[]): Promise<void> | undefined {
    const known = asReuser && context.sharedEntities?.get(asReuser.key);
    if (known === undefined) return fetchTogether(context, wanted);
    const unknown: Wanted[] = [];
    const later: Wanted[] = [];
    const responses = new Set<Promise<unknown>>();
    for (const one of wanted) {
      const { request, index = 0 } = known.get(one.text) ?? {};
      const entity = request?.entities?.[index];
      if (isObject(entity)) {
        for (const target of one.objects) merge.into(target, entity);
      } else if (request !== undefined && request.entities === undefined) {
        later.push(one);
        responses.add(request.response);
      } else unknown.push(one);
    }
    const asked = unknown.length === 0 ? undefined : fetchTogether(context, unknown);
    if (later.length === 0) return asked;
    return all([asked, Promise.all(responses).then(() => fetchUnknown(context, later))]);
  }

  /** Asks for entities with whatever else asks the same in this turn of the event loop. */
  function fetchTogether(context: ExecutionContext, wanted: readonly Wanted[], own = ''): Promise<void> {
    const start = beginning + variablesText(names, context.variables) + own;
    const key = `${subgraph} ${rewritesKey} ${start}`;
    const open = context.pendingRequests.get(key);
    const request = open ?? entityRequest(context, key, subgraph, start, wanted, restoreNumbers);
    const places = open === undefined ? wanted.map((_, index) => index) : joinRequest(open, wanted);
    const share = { wanted, request, places, isFirst: open === undefined };
    tellFollowers(context, share);
    return fetchEntities(context, share);
  }

  /** Lets fetches that follow know what has been asked for. */
  function tellFollowers({ sharedEntities, isPlain }: ExecutionContext, { wanted, request, places }: Share): void {
    if (sharedEntities === undefined) return;
    for (const { key, representationOf: followerOf } of reusers) {
      const entities = inMap(sharedEntities, key, () => new Map<string, SharedEntity>());
      wanted.forEach(({ objects: [entity] }, index) => {
        const text = followerOf(entity)?.text(entity, isPlain);
        // What another has been told, or waits for, is there sooner.
        if (text == null || isOfUse(entities.get(text))) return;
        entities.set(text, { request, index: places[index] as number });
      });
    }
  }

  function beginningFor(groups: number, variables: ReadonlySet<string>): string {
    return inMap(beginnings, groups, () => beginningOf(operationForGroups(node, groups, variables)));
  }

  /** Each group has its own values of the variables that come from above. */
  function fetchGroups(context: ExecutionContext, { groups, variables }: ContextArguments): Promise<void> | undefined {
    const tooDeep: JsonObject[] = [];
    const asked = groups(context.data, (entity) => tooDeep.push(entity))
      .map(({ values, entities }) => ({ values, wanted: wantedOf(context, entities) }))
      .filter(({ wanted }) => wanted.length > 0);
    reportTooDeep(context, tooDeep);
    const [only] = asked;
    if (only === undefined) return undefined;
    if (asked.length === 1) return fetchTogether(context, only.wanted, valuesText(only.values));
    const running: Promise<void>[] = [];
    for (let first = 0; first < asked.length; first += MAX_GROUPS) {
      const together = asked.slice(first, first + MAX_GROUPS);
      const start = beginningFor(together.length, variables) + variablesText(names, context.variables);
      const requests = groupRequests(context, subgraph, start, together, restoreNumbers);
      together.forEach(({ wanted }, index) => {
        const request = requests[index] as EntityRequest;
        running.push(
          fetchEntities(context, { wanted, request, places: wanted.map((_, place) => place), isFirst: true }),
        );
      });
    }
    return all(running);
  }

  async function fetchEntities(context: ExecutionContext, share: Share): Promise<void> {
    const { wanted, request, places, isFirst } = share;
    const response = await request.response;
    request.entities ??= reliable(response, request.representations.length);
    if (response === undefined) return;
    if (response.errors !== undefined) reportErrors(context, response.errors, share);
    if (response.data == null) return;
    const entities = response.data._entities;
    if (!Array.isArray(entities) || entities.length !== request.representations.length) {
      // Without `_entities` but with errors it has said enough.
      if (isFirst && (response.errors === undefined || entities != null)) add(context, invalidResponse(subgraph));
      return;
    }
    wanted.forEach(({ objects }, index) => {
      const entity: unknown = entities[places[index] as number];
      if (!isObject(entity)) return;
      applyDataRewrites(schema, outputRewrites, entity);
      // What is below an entity may get other fields in other parts of the plan: each has its own.
      const own = isFirst || !merge.hasObjects ? entity : cloneJson(entity);
      for (const target of objects) merge.into(target, own);
    });
  }

  /** Says which entities the subgraph is not asked for, since a value that it needs of them cannot be sent. */
  function reportTooDeep(context: ExecutionContext, entities: readonly JsonObject[]): void {
    if (entities.length === 0) return;
    const places = [...pathsOfObjects(context.data, steps, new Set(entities)).values()].flat();
    for (const place of places.slice(0, MAX_PLACES)) add(context, representationTooDeep(subgraph), place);
  }

  /** An error of one representation is one wherever its entity stands. One of the whole request is told once. */
  function reportErrors(
    context: ExecutionContext,
    errors: readonly unknown[],
    { wanted, request, places, isFirst }: Share,
  ): void {
    const targets = new Map(wanted.map(({ objects }, index) => [places[index], objects]));
    const standing = pathsOfObjects(context.data, steps, new Set([...targets.values()].flat()));
    for (const error of errors) {
      if (isFull(context)) break;
      const [field, index, ...rest] = errorPath(error) ?? [];
      if (field !== '_entities' || typeof index !== 'number' || !(index in request.representations)) {
        if (isFirst) add(context, subgraphError(subgraph, error), responseKeysOf(steps));
        continue;
      }
      const at = (targets.get(index) ?? []).flatMap((target) => standing.get(target) ?? []);
      const passed = subgraphError(subgraph, error);
      for (const place of at.slice(0, MAX_PLACES)) add(context, passed, [...place, ...rest]);
    }
  }
}

const isOfUse = (known: SharedEntity | undefined) => known !== undefined && known.request.entities !== null;

/** The entities of an response that says of none that anything is amiss. */
function reliable(response: SubgraphResponse | undefined, count: number): readonly unknown[] | null {
  const entities = response?.data?._entities;
  return response?.errors === undefined && Array.isArray(entities) && entities.length === count ? entities : null;
}

/** A request that is sent at the end of this turn of the event loop: until then others may join it. */
function entityRequest(
  context: ExecutionContext,
  key: string,
  subgraph: string,
  start: string,
  wanted: readonly Wanted[],
  restoreNumbers: RestoreNumbers | undefined,
): EntityRequest {
  const representations = wanted.map(({ text }) => text);
  const { promise: response, resolve } = Promise.withResolvers<SubgraphResponse | undefined>();
  const request = { representations, response };
  context.pendingRequests.set(key, request);
  setImmediate(() => {
    context.pendingRequests.delete(key);
    const body = `${start}"representations":[${representations.join()}]}}`;
    const representationCount = representations.length;
    resolve(send(context, { subgraph, body, isMutation: false, representationCount }, restoreNumbers));
  });
  return request;
}

/** Adds to a request that is about to be sent: the places of what is wanted. */
function joinRequest(request: EntityRequest, wanted: readonly Wanted[]): number[] {
  const { representations } = request;
  request.indexes ??= new Map(representations.map((text, place) => [text, place]));
  const { indexes } = request;
  return wanted.map(({ text }) => inMap(indexes, text, () => representations.push(text) - 1));
}

/** One request for several groups of entities, as a request for each. */
function groupRequests(
  context: ExecutionContext,
  subgraph: string,
  start: string,
  groups: readonly { readonly values: ContextGroup['values']; readonly wanted: readonly Wanted[] }[],
  restoreNumbers: RestoreNumbers | undefined,
): EntityRequest[] {
  const texts = groups.map(({ wanted }) => wanted.map(({ text }) => text));
  const own = groups.map(({ values }, index) => {
    const named = values.map(([name, text]) => [groupVariable(name, index), text] as const);
    return valuesText([...named, [groupVariable('representations', index), `[${texts[index]?.join()}]`]]);
  });
  const body = `${start}${own.join('').slice(0, -1)}}}`;
  const representationCount = texts.reduce((count, { length }) => count + length, 0);
  const whole = send(context, { subgraph, body, isMutation: false, representationCount }, restoreNumbers);
  return texts.map((representations, index) => ({
    representations,
    response: whole.then((response) => response && responseForGroup(response, index)),
  }));
}

function inMap<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

async function all(running: readonly (Promise<void> | undefined)[]): Promise<void> {
  await Promise.all(running);
}

function valuesText(values: ContextGroup['values']): string {
  return values.map(([name, text]) => `${JSON.stringify(name)}:${text},`).join('');
}

async function send(
  context: ExecutionContext,
  request: SubgraphRequest,
  restoreNumbers: RestoreNumbers | undefined,
): Promise<SubgraphResponse | undefined> {
  let response: SubgraphResponse;
  try {
    response = await context.request(request);
  } catch (error) {
    add(context, error as ExecutionError);
    return undefined;
  }
  if (response.isPlain !== true) context.isPlain = false;
  if (!isWellFormed(response) || !isRestored(response, restoreNumbers)) {
    add(context, invalidResponse(request.subgraph));
    return undefined;
  }
  return (response.errors as unknown) === null ? { data: response.data ?? null } : response;
}

/** Without data there is at least one error (GraphQL specification, section 7.1). */
function isWellFormed({ data, errors }: SubgraphResponse): boolean {
  if (data == null) return Array.isArray(errors) && errors.length > 0;
  return isObject(data) && (errors == null || Array.isArray(errors));
}

/** False where there are more numbers to restore than may be, or they are too deep. */
function isRestored(response: SubgraphResponse, restoreNumbers: RestoreNumbers | undefined): boolean {
  try {
    restoreNumbers?.(response);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Returns true when a context has as many errors as clients get, and the one that says that there are more. */
const isFull = ({ errors }: ExecutionContext) => errors.length > MAX_ERRORS;

function add(context: ExecutionContext, error: ExecutionError, path?: (string | number)[]): void {
  if (isFull(context)) return;
  const { errors } = context;
  errors.push(path === undefined ? error : { message: error.message, path, extensions: error.extensions });
}
