import { isDeepStrictEqual } from 'node:util';
import type { ExecutionResult } from 'graphql';
import { completed } from './answer-shape.ts';
import { type Cause, type Change, changesOf, type Simplified } from './causes.ts';
import { type Outcome, ours, type Vanilla, WIRE, type Wire } from './gateways.ts';
import { type Execution, type FaultProfile, NO_FAULTS } from './generated-data.ts';
import type { Graph } from './graph.ts';

type Variables = Record<string, unknown>;

/** An operation under conditions that are equal for both gateways. */
export interface TestCase {
  readonly graph: Graph;
  readonly simple: Simplified;
  readonly variables: Variables;
  readonly profile: FaultProfile;
  /** Creates a connection; its random choices start again with each. */
  wire(): Wire;
}

const execution = (profile: FaultProfile, places?: Set<string>): Execution => ({
  ...{ profile, mutations: 0, unknown: 0 },
  ...(places && { places }),
});

/** Compares Apollo Gateway with graphql-js. Returns the cause of a difference, which is undefined when it is unknown. */
export async function compareWithReference(
  vanilla: Vanilla,
  testCase: TestCase,
): Promise<{ detail: string; cause: Cause | undefined } | undefined> {
  const { graph, simple, variables, profile } = testCase;
  const selected = new Set<string>();
  const whole = await graph.whole(simple.original, variables, execution(profile, selected));
  const theirs = await vanilla.execute(simple.original, variables, execution(profile), testCase.wire());
  const detail = faultOf(theirs, whole);
  if (detail === undefined) return undefined;
  for (const change of changesOf(graph, simple, profile, selected)) {
    if (await isCorrect(vanilla, testCase, change)) return { detail, cause: change.cause };
  }
  return { detail, cause: undefined };
}

/** Compares our gateway with Apollo Gateway where graphql-js is no reference: entities are missing, or subgraphs unavailable. */
export async function compareWithApollo(
  vanilla: Vanilla,
  testCase: TestCase,
): Promise<{ detail: string; cause: Cause | undefined } | undefined> {
  const { graph, variables, profile } = testCase;
  const way = await workaroundFor(vanilla, testCase);
  if (way === undefined) {
    return { detail: 'no variant of Apollo Gateway is correct without faults', cause: undefined };
  }
  const sharedProfile = { ...profile, ...(way.profile.isSolid && { isSolid: true }) };
  const [theirsFailed, oursFailed] = [new Set<string>(), new Set<string>()];
  const theirWire = () => recordingFailures(testCase.wire(), theirsFailed);
  const theirs = await execute(vanilla, { ...testCase, profile: sharedProfile, wire: theirWire }, way);
  const alike = await ours(
    graph,
    way.document,
    variables,
    execution(sharedProfile),
    recordingFailures(testCase.wire(), oursFailed),
  );
  const detail = dataFault(alike, theirs.data) ?? errorsFault(alike, theirs.errors);
  if (detail === undefined) return undefined;
  const causeOf = (outcome: Outcome) =>
    causeOfDifference(alike, outcome, completed(graph.supergraph.apiSchema, way.document, variables, outcome.data));
  const cause =
    causeOf(theirs) ??
    (theirsFailed.size > 0 && oursFailed.size === 0 && reportsMore(alike, theirs) ? UNNEEDED : undefined);
  if (cause !== undefined) return { detail, cause };
  const isEqual = (outcome: Outcome) =>
    (dataFault(alike, outcome.data) ?? errorsFault(alike, outcome.errors)) === undefined;
  const exact = await execute(vanilla, { ...testCase, profile: { ...sharedProfile, isExact: true } }, way);
  if (isEqual(exact)) return { detail, cause: REQUIRED };
  const further = causeOf(exact);
  if (further !== undefined) return { detail, cause: `${REQUIRED}; ${further}` };
  const planned = await workaroundFor(vanilla, testCase, (variant) => variant.plan !== undefined);
  if (planned === undefined) return { detail, cause: undefined };
  const corrected = await execute(vanilla, { ...testCase, profile: sharedProfile }, planned);
  return { detail, cause: isEqual(corrected) ? 'plan: equal when it executes our plan' : undefined };
}

/** @param whole Apollo Gateway's data with null propagated by the types of objects */
function causeOfDifference(alike: Outcome, theirs: Outcome, whole: unknown): Cause | undefined {
  if (!isDeepStrictEqual(theirs.data, whole) && isDeepStrictEqual(alike.data, whole)) {
    return 'null propagation: equal by the field types of objects instead of interfaces';
  }
  const isUnreported = alike.errors.length > 0 && alike.errors.every(({ message }) => message.startsWith(UNKNOWN_TYPE));
  return isUnreported && theirs.errors.length === 0 && isDeepStrictEqual(alike.data, theirs.data)
    ? 'unknown types: it reports no error where an object of unknown type is null'
    : undefined;
}

/** It reports errors of requests that the response does not need; ours does not send them. */
const UNNEEDED = 'requests: it reports an unavailable subgraph that no selected field needs';

const reportsMore = (alike: Outcome, theirs: Outcome) =>
  alike.errors.length === 0 && theirs.errors.length > 0 && isDeepStrictEqual(alike.data, theirs.data);

/** Records the subgraphs that cannot be reached. */
function recordingFailures(wire: Wire, failed: Set<string>): Wire {
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

/** A part of a field's requirement is missing, and it sends null for the rest. */
const REQUIRED = '@requires: equal when subgraphs return null for fields with incomplete requirements';

const UNKNOWN_TYPE = 'Unknown type of object at ';

/** Returns the first change with which Apollo Gateway is correct as long as no subgraph fails: a variant of the document, or our plan. */
async function workaroundFor(
  vanilla: Vanilla,
  testCase: TestCase,
  isMeant: (way: Change) => boolean = () => true,
): Promise<Change | undefined> {
  const fair = { ...testCase, profile: NO_FAULTS, wire: () => WIRE };
  const ways = changesOf(testCase.graph, testCase.simple, NO_FAULTS, new Set());
  const withTypes = ways.filter((way) => way.document === testCase.simple.typed && isMeant(way));
  for (const way of withTypes) if (await isCorrect(vanilla, fair, way)) return way;
  return undefined;
}

async function isCorrect(vanilla: Vanilla, testCase: TestCase, way: Change): Promise<boolean> {
  const outcome = await execute(vanilla, { ...testCase, profile: way.profile }, way);
  const truth = await testCase.graph.whole(way.document, testCase.variables, execution(way.profile));
  return faultOf(outcome, truth) === undefined;
}

function execute(vanilla: Vanilla, { variables, profile, wire }: TestCase, way: Change): Promise<Outcome> {
  const through = way.change === undefined ? wire() : changing(wire(), way.change);
  return vanilla.execute(way.document, variables, execution(profile), through, way.plan?.());
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

/** Returns undefined when both have errors, or both have none; messages and number may differ. */
export function errorsFault(outcome: Outcome, expected: readonly unknown[]): string | undefined {
  if (outcome.errors.length > 0 === expected.length > 0) return undefined;
  return `${outcome.errors.length} errors instead of ${expected.length}: ${JSON.stringify(outcome.errors[0] ?? expected[0])}`;
}
