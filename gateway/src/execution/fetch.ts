import type { FetchNode, ResponsePath } from '@apollo/query-planner';
import { type GraphQLSchema, parse } from 'graphql';
import { compileMerge } from './merge.ts';
import { isObject } from './own-property.ts';
import { compileRepresentation } from './representation.ts';
import { applyRewrites } from './rewrites.ts';
import type { AnswerError, EntityRequest, Run, SubgraphAnswer } from './run.ts';
import { badAnswer, pathOf, subgraphError } from './subgraph-errors.ts';
import { placesOf, targetsAt } from './targets.ts';

type JsonObject = Record<string, unknown>;

/** A part of a plan, ready to run. It never rejects: what goes wrong is an error of the run. */
export type Step = (run: Run) => Promise<void> | undefined;

/** Errors that one error of a subgraph becomes at most: an entity may stand in thousands of places. */
const MAX_PLACES = 100;

/**
 * Compiles a fetch: what is constant of its request is made once.
 *
 * @param path of the objects that it adds to
 */
export function compileFetch(schema: GraphQLSchema, node: FetchNode, path: ResponsePath): Step {
  return node.requires === undefined ? rootFetch(schema, node, path) : entityFetch(schema, node, path);
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
  const merge = compileMerge(schema, parse(node.operation, { noLocation: true }));
  return async (run) => {
    const variables = variablesText(names, run.variables).slice(0, -1);
    const answer = await ask(run, { subgraph, body: `${beginning}${variables}}}`, isMutation });
    if (answer === undefined) return;
    for (const error of answer.errors ?? []) {
      const place = pathOf(error);
      add(run, subgraphError(subgraph, error), place && [...path, ...place].filter((key) => key !== '@'));
    }
    if (answer.data == null) return;
    applyRewrites(schema, node.outputRewrites, answer.data);
    for (const target of targetsAt(run.data, path)) merge.into(target, answer.data);
  };
}

function entityFetch(schema: GraphQLSchema, node: FetchNode, path: ResponsePath): Step {
  const subgraph = node.serviceName;
  const { outputRewrites } = node;
  const beginning = beginningOf(node);
  const names = (node.variableUsages ?? []).filter((name) => name !== 'representations');
  const merge = compileMerge(schema, parse(node.operation, { noLocation: true }), '_entities');
  const represent = compileRepresentation(schema, node.requires ?? [], node.inputRewrites);
  const rewritesKey = outputRewrites === undefined ? '' : JSON.stringify(outputRewrites);

  return (run) => {
    const asking = new Map<string, JsonObject[]>();
    for (const target of targetsAt(run.data, path)) {
      const text = represent(target);
      if (text === undefined) continue;
      const same = asking.get(text);
      if (same === undefined) asking.set(text, [target]);
      else {
        same.push(target);
        run.shares = true;
      }
    }
    return asking.size === 0 ? undefined : fetchEntities(run, asking);
  };

  async function fetchEntities(run: Run, asking: ReadonlyMap<string, readonly JsonObject[]>): Promise<void> {
    const start = beginning + variablesText(names, run.variables);
    const key = `${subgraph} ${rewritesKey} ${start}`;
    let request = run.waiting.get(key);
    const isFirst = request === undefined;
    if (request === undefined) {
      request = entityRequest(run, key, subgraph, start);
      run.waiting.set(key, request);
    }
    const { representations } = request;
    const places = [...asking.keys()].map((text) => {
      const known = representations.get(text) ?? representations.size;
      representations.set(text, known);
      return known;
    });
    const answer = await request.answer;
    if (answer === undefined) return;
    const targets = new Map([...asking.values()].map((same, index) => [places[index], same]));
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
    const standing = placesOf(run.data, path, new Set([...targets.values()].flat()));
    for (const error of errors) {
      const [field, index, ...rest] = pathOf(error) ?? [];
      if (field !== '_entities' || typeof index !== 'number') {
        if (isFirst)
          add(
            run,
            subgraphError(subgraph, error),
            path.filter((step) => step !== '@'),
          );
        continue;
      }
      const at = (targets.get(index) ?? []).flatMap((target) => standing.get(target) ?? []);
      for (const place of at.slice(0, MAX_PLACES)) add(run, subgraphError(subgraph, error), [...place, ...rest]);
    }
  }
}

/** A request that is sent at the end of this turn of the event loop: until then others may join it. */
function entityRequest(run: Run, key: string, subgraph: string, start: string): EntityRequest {
  const representations = new Map<string, number>();
  const answer = new Promise<SubgraphAnswer | undefined>((resolve) => {
    setImmediate(() => {
      run.waiting.delete(key);
      const body = `${start}"representations":[${[...representations.keys()].join(',')}]}}`;
      resolve(ask(run, { subgraph, body, isMutation: false }));
    });
  });
  return { representations, answer };
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
  if ((data == null || isObject(data)) && (errors == null || Array.isArray(errors))) {
    return errors === null ? { data: data ?? null } : answer;
  }
  add(run, badAnswer(request.subgraph));
  return undefined;
}

function add({ errors }: Run, error: AnswerError, path?: (string | number)[]): void {
  errors.push(path === undefined ? error : { message: error.message, path, extensions: error.extensions });
}
