import { isDeepStrictEqual } from 'node:util';
import type { ExecutionResult } from 'graphql';
import { completed } from './answer-shape.ts';
import { type Cause, type Change, changesOf, type Simplified } from './causes.ts';
import { type Outcome, ours, type Vanilla, WIRE, type Wire } from './gateways.ts';
import type { Graph } from './graph.ts';
import { type Execution, FAIR, type Weather } from './world.ts';

type Variables = Record<string, unknown>;

/** An operation in a weather, as both gateways meet it. */
export interface Occasion {
  readonly graph: Graph;
  readonly simple: Simplified;
  readonly variables: Variables;
  readonly weather: Weather;
  /** Creates a connection; its random choices start again with each. */
  wire(): Wire;
}

const execution = (weather: Weather, places?: Set<string>): Execution => ({
  ...{ weather, mutations: 0, unknown: 0 },
  ...(places && { places }),
});

/** Compares Apollo Gateway with graphql-js. Returns the cause of a difference, which is undefined when it is unknown. */
export async function compareWithTruth(
  vanilla: Vanilla,
  occasion: Occasion,
): Promise<{ detail: string; cause: Cause | undefined } | undefined> {
  const { graph, simple, variables, weather } = occasion;
  const asked = new Set<string>();
  const whole = await graph.whole(simple.original, variables, execution(weather, asked));
  const theirs = await vanilla.execute(simple.original, variables, execution(weather), occasion.wire());
  const detail = faultOf(theirs, whole);
  if (detail === undefined) return undefined;
  for (const change of changesOf(graph, simple, weather, asked)) {
    if (await answersRightly(vanilla, occasion, change)) return { detail, cause: change.cause };
  }
  return { detail, cause: undefined };
}

/** Compares our gateway with Apollo Gateway where the right response is unknown: entities are missing, or subgraphs unavailable. */
export async function compareWithPeer(
  vanilla: Vanilla,
  occasion: Occasion,
): Promise<{ detail: string; cause: Cause | undefined } | undefined> {
  const { graph, variables, weather } = occasion;
  const way = await peerOf(vanilla, occasion);
  if (way === undefined) {
    return { detail: 'no execution of Apollo Gateway answers rightly in fair weather', cause: undefined };
  }
  const met = { ...weather, ...(way.weather.isSolid && { isSolid: true }) };
  const [theirsFailed, oursFailed] = [new Set<string>(), new Set<string>()];
  const theirWire = () => telling(occasion.wire(), theirsFailed);
  const theirs = await execute(vanilla, { ...occasion, weather: met, wire: theirWire }, way);
  const alike = await ours(graph, way.document, variables, execution(met), telling(occasion.wire(), oursFailed));
  const detail = dataFault(alike, theirs.data) ?? errorsFault(alike, theirs.errors);
  if (detail === undefined) return undefined;
  const causeOf = (told: Outcome) =>
    peerCause(alike, told, completed(graph.supergraph.apiSchema, way.document, variables, told.data));
  const cause =
    causeOf(theirs) ?? (theirsFailed.size > 0 && oursFailed.size === 0 && isTold(alike, theirs) ? UNNEEDED : undefined);
  if (cause !== undefined) return { detail, cause };
  const isEqual = (told: Outcome) => (dataFault(alike, told.data) ?? errorsFault(alike, told.errors)) === undefined;
  const exact = await execute(vanilla, { ...occasion, weather: { ...met, isExact: true } }, way);
  if (isEqual(exact)) return { detail, cause: REQUIRED };
  const beside = causeOf(exact);
  if (beside !== undefined) return { detail, cause: `${REQUIRED}; ${beside}` };
  const planned = await peerOf(vanilla, occasion, (one) => one.plan !== undefined);
  if (planned === undefined) return { detail, cause: undefined };
  const mended = await execute(vanilla, { ...occasion, weather: met }, planned);
  return { detail, cause: isEqual(mended) ? 'the plan: with the plan that we mend its answer is ours' : undefined };
}

/** @param whole Apollo Gateway's data with null come up to where the types of objects have it */
function peerCause(alike: Outcome, theirs: Outcome, whole: unknown): Cause | undefined {
  if (!isDeepStrictEqual(theirs.data, whole) && isDeepStrictEqual(alike.data, whole)) {
    return 'null: with what the types of objects, not their interfaces, say of their fields, its answer is ours';
  }
  const isUntold = alike.errors.length > 0 && alike.errors.every(({ message }) => message.startsWith(UNKNOWN_TYPE));
  return isUntold && theirs.errors.length === 0 && isDeepStrictEqual(alike.data, theirs.data)
    ? 'unknown types: it tells of no error where an object is null since nobody tells its type'
    : undefined;
}

/** Errors of requests of which the answer does not depend: none of those that ours sends fails. */
const UNNEEDED = 'requests: it tells of a subgraph that is away, which nothing that is asked for needs';

const isTold = (alike: Outcome, theirs: Outcome) =>
  alike.errors.length === 0 && theirs.errors.length > 0 && isDeepStrictEqual(alike.data, theirs.data);

/** Notes the subgraphs that could not be reached. */
function telling(wire: Wire, failed: Set<string>): Wire {
  return {
    ...wire,
    carry(subgraph, answer) {
      try {
        return wire.carry(subgraph, answer);
      } catch (error) {
        failed.add(subgraph);
        throw error;
      }
    },
  };
}

/** A part of what a field requires is not there, and it has the subgraph make do with null for the rest of it. */
const REQUIRED = '@requires: with no answer to what is asked without all that it requires, its answer is ours';

const UNKNOWN_TYPE = 'Unknown type of object at ';

/**
 * A way of having Apollo Gateway execute an operation in which it answers rightly as long as no subgraph fails: without what it is known to
 * stumble over, with our plan where that is not enough.
 */
async function peerOf(
  vanilla: Vanilla,
  occasion: Occasion,
  isMeant: (way: Change) => boolean = () => true,
): Promise<Change | undefined> {
  const fair = { ...occasion, weather: FAIR, wire: () => WIRE };
  const ways = changesOf(occasion.graph, occasion.simple, FAIR, new Set());
  const asksTypes = ways.filter((way) => way.document === occasion.simple.typed && isMeant(way));
  for (const way of asksTypes) if (await answersRightly(vanilla, fair, way)) return way;
  return undefined;
}

async function answersRightly(vanilla: Vanilla, occasion: Occasion, way: Change): Promise<boolean> {
  const outcome = await execute(vanilla, { ...occasion, weather: way.weather }, way);
  const truth = await occasion.graph.whole(way.document, occasion.variables, execution(way.weather));
  return faultOf(outcome, truth) === undefined;
}

function execute(vanilla: Vanilla, { variables, weather, wire }: Occasion, way: Change): Promise<Outcome> {
  const through = way.change === undefined ? wire() : changing(wire(), way.change);
  return vanilla.execute(way.document, variables, execution(weather), through, way.plan?.());
}

function changing(wire: Wire, change: (answer: unknown) => unknown): Wire {
  return { ...wire, carry: (subgraph, answer) => change(wire.carry(subgraph, answer)) };
}

function faultOf(outcome: Outcome, { data, errors = [] }: ExecutionResult): string | undefined {
  return dataFault(outcome, JSON.parse(JSON.stringify(data))) ?? errorsFault(outcome, errors);
}

export function dataFault(outcome: Outcome, expected: unknown): string | undefined {
  if (isDeepStrictEqual(outcome.data, expected)) return undefined;
  return `${JSON.stringify(outcome.data)}\n  instead of\n${JSON.stringify(expected)}`;
}

/** Errors are told or not told alike; their words and number are each gateway's own. */
export function errorsFault(outcome: Outcome, expected: readonly unknown[]): string | undefined {
  if (outcome.errors.length > 0 === expected.length > 0) return undefined;
  return `${outcome.errors.length} errors instead of ${expected.length}: ${JSON.stringify(outcome.errors[0] ?? expected[0])}`;
}
