import type { FetchNode, ResponsePath } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import {
  type ContextGroup,
  type Contexts,
  compileContexts,
  forGroups,
  groupAnswer,
  groupVariable,
} from './contexts.ts';
import type { Sharing } from './known-entities.ts';
import { compileMerge } from './merge.ts';
import { isObject, own } from './own-property.ts';
import { documentOf } from './plan-fetches.ts';
import { compileRepresentations, type Representation } from './representation.ts';
import { applyRewrites } from './rewrites.ts';
import type { AnswerError, EntityRequest, KnownEntity, Run, SubgraphAnswer } from './run.ts';
import { badAnswer, pathOf, subgraphError } from './subgraph-errors.ts';
import { keysOf, placesOf, stepsOf, targetsAt } from './targets.ts';

type JsonObject = Record<string, unknown>;

/** A part of a plan, ready to run. It never rejects: what goes wrong is an error of the run. */
export type Step = (run: Run) => Promise<void> | undefined;

/** Entities that are asked for, by the text of their representations. */
type Asking = ReadonlyMap<string, readonly JsonObject[]>;

/** Entities that one request tells of. */
interface Share {
  readonly asking: Asking;
  readonly request: EntityRequest;
  /** Whether the request began with these. */
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
export function compileFetch(schema: GraphQLSchema, node: FetchNode, path: ResponsePath, sharing: Sharing): Step {
  return node.requires === undefined ? rootFetch(schema, node, path) : entityFetch(schema, node, path, sharing);
}

/** The planner numbers the names of its operations, which keeps equal ones apart. */
const NUMBER = /__\d+$/;

/** The request's text up to the first variable. */
function beginningOf({ operation, operationName }: FetchNode): string {
  if (operationName === undefined) return `{"query":${JSON.stringify(operation)},"variables":{`;
  const name = operationName.replace(NUMBER, '');
  const query = operation.replace(operationName, name);
  return `{"query":${JSON.stringify(query)},"operationName":${JSON.stringify(name)},"variables":{`;
}

/** The variables that the fetch uses, of those that the client sent; each with a comma behind it. */
function variablesText(names: readonly string[], variables: Run['variables']): string {
  let text = '';
  for (const name of names) {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value !== undefined) text += `${JSON.stringify(name)}:${JSON.stringify(value)},`;
  }
  return text;
}

function rootFetch(schema: GraphQLSchema, node: FetchNode, path: ResponsePath): Step {
  const subgraph = node.serviceName;
  const isMutation = node.operationKind === 'mutation';
  const beginning = beginningOf(node);
  const names = node.variableUsages ?? [];
  const merge = compileMerge(schema, documentOf(node));
  const steps = stepsOf(path);
  return async (run) => {
    const variables = variablesText(names, run.variables).slice(0, -1);
    const answer = await ask(run, { subgraph, body: `${beginning}${variables}}}`, isMutation });
    if (answer === undefined) return;
    for (const error of answer.errors ?? []) {
      const place = pathOf(error);
      add(run, subgraphError(subgraph, error), place && [...keysOf(steps), ...place]);
    }
    if (answer.data == null) return;
    applyRewrites(schema, node.outputRewrites, answer.data);
    for (const target of targetsAt(run.data, steps, run.shares)) merge.into(target, answer.data);
  };
}

function entityFetch(schema: GraphQLSchema, node: FetchNode, path: ResponsePath, sharing: Sharing): Step {
  const subgraph = node.serviceName;
  const { outputRewrites } = node;
  const beginning = beginningOf(node);
  const steps = stepsOf(path);
  const contexts = compileContexts(schema, node, path);
  const names = (node.variableUsages ?? []).filter(
    (name) => name !== 'representations' && contexts?.variables.has(name) !== true,
  );
  const merge = compileMerge(schema, documentOf(node), '_entities');
  const { following, followers } = sharing;
  const representationOf =
    following?.representationOf ?? compileRepresentations(schema, node.requires ?? [], node.inputRewrites);
  const rewritesKey = outputRewrites === undefined ? '' : JSON.stringify(outputRewrites);

  /** By the number of groups that are asked for at once. */
  const beginnings = new Map<number, string>();

  return (run) => {
    if (contexts !== undefined) return fetchGroups(run, contexts);
    const asking = askingFor(run, targetsAt(run.data, steps, run.shares));
    return asking.size === 0 ? undefined : fetchUnknown(run, asking);
  };

  /** Entities by the text of their representations. */
  function askingFor(run: Run, entities: readonly JsonObject[]) {
    const asking = new Map<string, JsonObject[]>();
    // Entities stand in many places: those of one type that are known by one value are found by it, without a text for each place.
    const byValue = new Map<Representation, Map<unknown, JsonObject[]>>();
    for (const entity of entities) {
      const representation = representationOf(entity);
      if (representation === undefined) continue;
      const value = representation.leaf === undefined ? undefined : own(entity, representation.leaf);
      const known = inMap(byValue, representation, () => new Map<unknown, JsonObject[]>());
      let same = known.get(value);
      if (same === undefined) {
        const text = representation.text(entity, run.isPlain);
        if (text === undefined) continue;
        same = inMap(asking, text, () => []);
        if (value !== undefined) known.set(value, same);
      }
      same.push(entity);
      if (same.length > 1 && merge.hasObjects) run.shares = true;
    }
    return asking;
  }

  /** What other fetches are told of entities is not asked for: those that wait for their answer are waited for. */
  function fetchUnknown(run: Run, asking: Map<string, JsonObject[]>): Promise<void> | undefined {
    const known = following && run.known?.get(following.key);
    if (known === undefined) return fetchTogether(run, asking);
    const later = new Map<string, JsonObject[]>();
    const answers = new Set<Promise<unknown>>();
    for (const [text, same] of asking) {
      const one = known.get(text);
      if (one === undefined) continue;
      const { representations, answer, entities } = one.request;
      if (entities === undefined) {
        later.set(text, same);
        answers.add(answer);
        asking.delete(text);
        continue;
      }
      const entity = entities?.[representations.get(one.text) as number];
      if (!isObject(entity)) continue;
      for (const target of same) merge.into(target, entity);
      asking.delete(text);
    }
    const asked = asking.size === 0 ? undefined : fetchTogether(run, asking);
    if (later.size === 0) return asked;
    return all([asked, Promise.all(answers).then(() => fetchUnknown(run, later))]);
  }

  /** Lets fetches that follow know what has been asked for. */
  function tellFollowers({ known, isPlain }: Run, asking: Asking, request: EntityRequest): void {
    if (known === undefined) return;
    for (const { key, representationOf: followerOf } of followers) {
      const entities = inMap(known, key, () => new Map<string, KnownEntity>());
      for (const [text, [entity]] of asking) {
        const its = entity && followerOf(entity)?.text(entity, isPlain);
        // What another has been told, or waits for, is there sooner.
        if (its !== undefined && isOfNoUse(entities.get(its))) entities.set(its, { request, text });
      }
    }
  }

  /** Asks for entities with whatever else asks the same in this turn of the event loop. */
  function fetchTogether(run: Run, asking: Asking, own = ''): Promise<void> {
    const start = beginning + variablesText(names, run.variables) + own;
    const key = `${subgraph} ${rewritesKey} ${start}`;
    return fetchEntities(run, joinRequest(run, key, start, asking));
  }

  /** Adds to the request that is about to be sent; it begins with these where there is none. */
  function joinRequest(run: Run, key: string, start: string, asking: Asking): Share {
    const open = run.waiting.get(key);
    const request = open ?? entityRequest(run, key, subgraph, start);
    if (open === undefined) run.waiting.set(key, request);
    const { representations } = request;
    for (const text of asking.keys()) if (!representations.has(text)) representations.set(text, representations.size);
    tellFollowers(run, asking, request);
    return { asking, request, isFirst: open === undefined };
  }

  function beginningFor(groups: number, variables: ReadonlySet<string>): string {
    const known = beginnings.get(groups) ?? beginningOf(forGroups(node, groups, variables));
    beginnings.set(groups, known);
    return known;
  }

  /** Each group has its own values of the variables that come from above. */
  function fetchGroups(run: Run, { groups, variables }: Contexts): Promise<void> | undefined {
    const asked = groups(run.data)
      .map(({ values, entities }) => ({ values, asking: askingFor(run, entities) }))
      .filter(({ asking }) => asking.size > 0);
    const [only] = asked;
    if (only === undefined) return undefined;
    if (asked.length === 1) return fetchTogether(run, only.asking, valuesText(only.values));
    const running: Promise<void>[] = [];
    for (let first = 0; first < asked.length; first += MAX_GROUPS) {
      const together = asked.slice(first, first + MAX_GROUPS);
      const start = beginningFor(together.length, variables) + variablesText(names, run.variables);
      const requests = groupRequests(run, subgraph, start, together);
      together.forEach(({ asking }, index) => {
        running.push(fetchEntities(run, { asking, request: requests[index] as EntityRequest, isFirst: true }));
      });
    }
    return all(running);
  }

  async function fetchEntities(run: Run, { asking, request, isFirst }: Share): Promise<void> {
    const { representations } = request;
    const answer = await request.answer;
    request.entities ??= reliable(answer, representations.size);
    if (answer === undefined) return;
    const targets = new Map([...asking].map(([text, same]) => [representations.get(text), same]));
    if (answer.errors !== undefined) reportErrors(run, answer, targets, isFirst);
    if (answer.data == null) return;
    const entities = answer.data._entities;
    if (!Array.isArray(entities) || entities.length !== representations.size) {
      // Without `_entities` but with errors it has said enough.
      if (isFirst && (answer.errors === undefined || entities != null)) add(run, badAnswer(subgraph));
      return;
    }
    for (const [place, same] of targets) {
      const entity: unknown = entities[place as number];
      if (!isObject(entity)) continue;
      applyRewrites(schema, outputRewrites, entity);
      // What is below an entity may get other fields in other parts of the plan: each has its own.
      const own = isFirst ? entity : merge.hasObjects ? structuredClone(entity) : entity;
      for (const target of same) merge.into(target, own);
    }
  }

  /** An error of one representation is one wherever its entity stands. One of the whole request is told once. */
  function reportErrors(
    run: Run,
    { errors = [] }: SubgraphAnswer,
    targets: ReadonlyMap<number | undefined, readonly JsonObject[]>,
    isFirst: boolean,
  ): void {
    const standing = placesOf(run.data, steps, new Set([...targets.values()].flat()));
    for (const error of errors) {
      const [field, index, ...rest] = pathOf(error) ?? [];
      if (field !== '_entities' || typeof index !== 'number') {
        if (isFirst) add(run, subgraphError(subgraph, error), keysOf(steps));
        continue;
      }
      const at = (targets.get(index) ?? []).flatMap((target) => standing.get(target) ?? []);
      for (const place of at.slice(0, MAX_PLACES)) add(run, subgraphError(subgraph, error), [...place, ...rest]);
    }
  }
}

const isOfNoUse = (known: KnownEntity | undefined) => known === undefined || known.request.entities === null;

/** The entities of an answer that says of none that anything is amiss. */
function reliable(answer: SubgraphAnswer | undefined, count: number): readonly unknown[] | null {
  const entities = answer?.data?._entities;
  return answer?.errors === undefined && Array.isArray(entities) && entities.length === count ? entities : null;
}

/** A request that is sent at the end of this turn of the event loop: until then others may join it. */
function entityRequest(run: Run, key: string, subgraph: string, start: string): EntityRequest {
  const representations = new Map<string, number>();
  const { promise: answer, resolve } = Promise.withResolvers<SubgraphAnswer | undefined>();
  setImmediate(() => {
    run.waiting.delete(key);
    const body = `${start}"representations":[${[...representations.keys()].join(',')}]}}`;
    resolve(ask(run, { subgraph, body, isMutation: false, representations: representations.size }));
  });
  return { representations, answer };
}

/** One request for several groups of entities, as a request for each. */
function groupRequests(
  run: Run,
  subgraph: string,
  start: string,
  groups: readonly { readonly values: ContextGroup['values']; readonly asking: Asking }[],
): EntityRequest[] {
  const own = groups.map(({ values, asking }, index) => {
    const named = values.map(([name, text]) => [groupVariable(name, index), text] as const);
    return valuesText([...named, [groupVariable('representations', index), `[${[...asking.keys()].join(',')}]`]]);
  });
  const representations = groups.reduce((sum, { asking }) => sum + asking.size, 0);
  const body = `${start}${own.join('').slice(0, -1)}}}`;
  const whole = ask(run, { subgraph, body, isMutation: false, representations });
  return groups.map(({ asking }, index) => ({
    representations: new Map([...asking.keys()].map((text, place) => [text, place])),
    answer: whole.then((answer) => answer && groupAnswer(answer, index)),
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

async function ask(run: Run, request: Parameters<Run['ask']>[0]): Promise<SubgraphAnswer | undefined> {
  let answer: SubgraphAnswer;
  try {
    answer = await run.ask(request);
  } catch (error) {
    add(run, error as AnswerError);
    return undefined;
  }
  const { data, errors } = answer;
  if (answer.isPlain !== true) run.isPlain = false;
  if ((data == null || isObject(data)) && (errors == null || Array.isArray(errors))) {
    return errors === null ? { data: data ?? null } : answer;
  }
  add(run, badAnswer(request.subgraph));
  return undefined;
}

function add({ errors }: Run, error: AnswerError, path?: (string | number)[]): void {
  errors.push(path === undefined ? error : { message: error.message, path, extensions: error.extensions });
}
