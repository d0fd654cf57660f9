import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { Operation } from '../fuzz/operation.ts';
import { type Random, seededChoices } from '../fuzz/random.ts';
import { shapeFault } from './answer-shape.ts';
import { anyOperations, besideAnother } from './any-operation.ts';
import { type Cause, simplified } from './causes.ts';
import { compareWithApollo, compareWithReference, errorsFault } from './compare-outcomes.ts';
import { corruptResponse } from './corrupt-response.ts';
import { ours, through, Unreachable, type Vanilla, WIRE, type Wire } from './gateways.ts';
import { type Execution, type FaultProfile, NO_FAULTS } from './generated-data.ts';
import type { Graph } from './graph.ts';
import { HTTP_FAULTS, type HttpSubgraphs } from './http-faults.ts';
import { contradiction, restFault } from './rules.ts';

export const BEHAVIOURS = ['correct', 'slow', 'faulty', 'incomplete', 'unreachable', 'corrupt', 'interrupted'] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

export interface Difference {
  readonly graph: string;
  readonly behaviour: Behaviour;
  readonly what:
    | 'ours from graphql-js'
    | 'Apollo Gateway from graphql-js'
    | 'ours from Apollo Gateway'
    | 'ours from a rule';
  readonly query: string;
  readonly variables: unknown;
  readonly detail: string;
  /** The change that removes the difference, and so proves its cause. */
  readonly cause?: Cause;
}

/** A graph with its gateways. */
export interface Stage {
  readonly graph: Graph;
  /** Undefined when Apollo Gateway cannot load the graph. */
  readonly vanilla: Vanilla | undefined;
  readonly http: HttpSubgraphs;
}

export interface Trial {
  readonly stage: Stage;
  readonly behaviour: Behaviour;
  readonly operation: Operation;
  /** The subgraph that is corrupt or unreachable. */
  readonly culprit: string;
  readonly profile: FaultProfile;
  /** Enabled labels of `@override`. */
  readonly labels: readonly string[];
  /** Seed of the random choices of the wire. */
  readonly seed: number;
}

/** Behaviours of 12 trials. */
const BEHAVIOUR_SHARES: readonly Behaviour[] = [
  'correct',
  'correct',
  'correct',
  'slow',
  'faulty',
  'faulty',
  'incomplete',
  'unreachable',
  'corrupt',
  'corrupt',
  'interrupted',
  'interrupted',
];

/** Returns an arbitrary of trials. A failing one shrinks to a small operation, and to correct subgraphs if it still fails. */
export function trialsOn(stage: Stage): fc.Arbitrary<Trial> {
  const { supergraph, subgraphs } = stage.graph;
  const single = anyOperations(supergraph.apiSchema);
  const beside = fc
    .tuple(single, single, fc.boolean())
    .map(([operation, another, isFirst]) => besideAnother(operation, another, isFirst));
  const seed = fc.noShrink(fc.noBias(fc.nat()));
  return fc
    .record({
      behaviour: fc.constantFrom(...BEHAVIOUR_SHARES),
      operation: fc.oneof(
        { withCrossShrink: true },
        { arbitrary: single, weight: 9 },
        { arbitrary: beside, weight: 1 },
      ),
      culprit: fc.constantFrom(...subgraphs),
      profile: fc.record({ seed, faults: fc.constantFrom(10, 50, 200), missing: fc.constantFrom(100, 300, 1_000) }),
      labels: fc.subarray([...supergraph.overrideLabels.values()]),
      seed,
    })
    .map((trial) => ({ ...trial, stage, profile: profileOf(trial.behaviour, trial.profile) }));
}

/** Executes a trial and returns what differs. */
export async function differencesOf(trial: Trial): Promise<Difference[]> {
  const { stage, behaviour, operation, culprit, profile, seed } = trial;
  const { graph, vanilla, http } = stage;
  const { document, variables } = operation;
  const labels = new Map(
    [...graph.supergraph.overrideLabels.values()].map((label) => [label, trial.labels.includes(label)]),
  );
  const differences: Difference[] = [];
  const differs = (what: Difference['what'], detail: string, cause?: Cause) =>
    differences.push({
      ...{ graph: graph.name, behaviour, what, query: operation.query, variables, detail },
      ...(cause !== undefined && { cause }),
    });
  const execution = (): Execution => ({ profile, mutations: 0, unknown: 0 });
  // Both gateways get a wire with the same random choices.
  const wire = () => wireOf(behaviour, culprit, seededChoices(seed + 1));

  const mine = execution();
  let our: Awaited<ReturnType<typeof ours>>;
  try {
    our =
      behaviour === 'interrupted'
        ? await through(graph, document, variables, labels, overFaultyHttp(graph, http, mine, seededChoices(seed)))
        : await ours(graph, document, variables, mine, wire(), labels);
  } catch (error) {
    differs('ours from a rule', `it throws: ${(error as Error).stack ?? String(error)}`);
    return differences;
  }
  const shape = shapeFault(graph.supergraph.apiSchema, document, variables, our.data);
  if (shape !== undefined) differs('ours from a rule', `shape of the data: ${shape}`);
  if (({} as { polluted?: unknown }).polluted !== undefined) differs('ours from a rule', 'a prototype is polluted');
  if (behaviour !== 'corrupt' && mine.unknown > 0) differs('ours from a rule', 'a representation fits no entity');

  const whole = await graph.whole(document, variables, execution());
  const simple = simplified(graph, document, variables, labels);
  if (behaviour === 'corrupt' || behaviour === 'unreachable') {
    const rest = restFault(graph, simple, culprit, our.data, whole);
    if (rest !== undefined) differs('ours from a rule', rest);
  }
  if (behaviour === 'unreachable' || behaviour === 'interrupted') {
    const complete = JSON.parse(JSON.stringify(whole.data));
    const wrong = contradiction(complete, our.data);
    if (wrong !== undefined) differs('ours from a rule', wrong);
    if (our.errors.length === 0 && !isDeepStrictEqual(our.data, complete))
      differs('ours from a rule', 'incomplete data without an error');
  }
  const testCase = { graph, simple, variables, profile, wire };
  if (behaviour === 'incomplete' || behaviour === 'unreachable') {
    const fault = vanilla && (await compareWithApollo(vanilla, testCase));
    if (fault) differs('ours from Apollo Gateway', fault.detail, fault.cause);
  } else if (behaviour !== 'corrupt' && behaviour !== 'interrupted') {
    const expected = JSON.stringify(whole.data);
    if (our.text !== expected) differs('ours from graphql-js', `${our.text}\n  instead of\n${expected}`);
    const errors = errorsFault(our, whole.errors ?? []);
    if (errors !== undefined) differs('ours from graphql-js', errors);
    const fault = vanilla && (await compareWithReference(vanilla, testCase));
    if (fault) differs('Apollo Gateway from graphql-js', fault.detail, fault.cause);
  }
  return differences;
}

/** Sends requests over HTTP, of which one, or each with a probability, has a fault. */
function overFaultyHttp(graph: Graph, http: HttpSubgraphs, execution: Execution, dice: Random) {
  const only = dice.chance(0.5) ? dice.below(4) : undefined;
  const isBroken = (request: number) => (only === undefined ? dice.chance(0.3) : request === only);
  return http.requesting(
    (subgraph, { query, variables }) => graph.part(subgraph, query, variables, execution),
    (request) => (isBroken(request) ? dice.pick(HTTP_FAULTS) : undefined),
  );
}

function profileOf(behaviour: Behaviour, { seed, faults, missing }: FaultProfile): FaultProfile {
  return {
    seed,
    faults: behaviour === 'faulty' ? faults : NO_FAULTS.faults,
    missing: behaviour === 'incomplete' ? missing : NO_FAULTS.missing,
  };
}

function wireOf(behaviour: Behaviour, culprit: string, dice: Random): Wire {
  switch (behaviour) {
    case 'slow':
      return { ...WIRE, delay: () => dice.below(4) };
    case 'unreachable':
      return {
        ...WIRE,
        carry(subgraph, answer) {
          if (subgraph === culprit) throw new Unreachable(`${subgraph} cannot be reached.`);
          return answer;
        },
      };
    case 'corrupt':
      return { ...WIRE, carry: (subgraph, answer) => (subgraph === culprit ? corruptResponse(answer, dice) : answer) };
    default:
      return WIRE;
  }
}
