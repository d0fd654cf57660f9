import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { Operation } from '../fuzz/operation.ts';
import { type Random, seededChoices } from '../fuzz/random.ts';
import { misshapen } from './answer-shape.ts';
import { anyOperations, besideAnother } from './any-operation.ts';
import { BREAKAGES, type HttpSubgraphs } from './breakages.ts';
import { type Cause, simplified } from './causes.ts';
import { ours, through, Unreachable, type Vanilla, WIRE, type Wire } from './gateways.ts';
import type { Graph } from './graph.ts';
import { lie } from './lies.ts';
import { compareWithPeer, compareWithTruth, errorsFault } from './peers.ts';
import { restFault, untruth } from './rules.ts';
import { type Execution, FAIR, type Weather } from './world.ts';

/** How the subgraphs behave. */
export const BEHAVIOURS = ['true', 'slow', 'faulty', 'forgetful', 'unreachable', 'lying', 'broken'] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

/** Something that is not as it should be. */
export interface Difference {
  readonly graph: string;
  readonly behaviour: Behaviour;
  /** The two that differ, or the broken rule. */
  readonly what:
    | 'ours from graphql-js'
    | 'Apollo Gateway from graphql-js'
    | 'ours from Apollo Gateway'
    | 'ours from a rule';
  readonly query: string;
  readonly variables: unknown;
  readonly detail: string;
  /** The change with which the difference vanishes, which proves its cause. */
  readonly cause?: Cause;
}

/** A graph, and what answers for it. */
export interface Stage {
  readonly graph: Graph;
  /** Undefined where Apollo Gateway does not load the graph. */
  readonly vanilla: Vanilla | undefined;
  readonly http: HttpSubgraphs;
}

/** An operation on a graph whose subgraphs behave in one way. */
export interface Trial {
  readonly stage: Stage;
  readonly behaviour: Behaviour;
  readonly operation: Operation;
  /** The subgraph that lies or cannot be reached. */
  readonly culprit: string;
  readonly weather: Weather;
  /** The labels of `@override` that are active. */
  readonly labels: readonly string[];
  /** Seeds the choices of the wire. */
  readonly seed: number;
}

/** The share of each behaviour, of twelve trials. */
const BEHAVIOUR_SHARES: readonly Behaviour[] = [
  'true',
  'true',
  'true',
  'slow',
  'faulty',
  'faulty',
  'forgetful',
  'unreachable',
  'lying',
  'lying',
  'broken',
  'broken',
];

/** Returns an arbitrary of trials on a stage. A failing one shrinks to a small operation, to true subgraphs where they suffice. */
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
      weather: fc.record({ seed, faults: fc.constantFrom(10, 50, 200), missing: fc.constantFrom(100, 300, 1_000) }),
      labels: fc.subarray([...supergraph.overrideLabels.values()]),
      seed,
    })
    .map((trial) => ({ ...trial, stage, weather: weatherOf(trial.behaviour, trial.weather) }));
}

/** Executes a trial and returns what differs. */
export async function differencesOf(trial: Trial): Promise<Difference[]> {
  const { stage, behaviour, operation, culprit, weather, seed } = trial;
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
  const execution = (): Execution => ({ weather, mutations: 0, unknown: 0 });
  // Both gateways meet the same: what is random on the wire begins anew for each.
  const wire = () => wireOf(behaviour, culprit, seededChoices(seed + 1));

  const mine = execution();
  let our: Awaited<ReturnType<typeof ours>>;
  try {
    our =
      behaviour === 'broken'
        ? await through(graph, document, variables, labels, brokenly(graph, http, mine, seededChoices(seed)))
        : await ours(graph, document, variables, mine, wire(), labels);
  } catch (error) {
    differs('ours from a rule', `it throws: ${(error as Error).stack ?? String(error)}`);
    return differences;
  }
  const shape = misshapen(graph.supergraph.apiSchema, document, variables, our.data);
  if (shape !== undefined) differs('ours from a rule', `the answer's form: ${shape}`);
  if (({} as { polluted?: unknown }).polluted !== undefined) differs('ours from a rule', 'a prototype is polluted');
  if (behaviour !== 'lying' && mine.unknown > 0) differs('ours from a rule', 'a representation fits no entity');

  const whole = await graph.whole(document, variables, execution());
  const simple = simplified(graph, document, variables, labels);
  if (behaviour === 'lying' || behaviour === 'unreachable') {
    const rest = restFault(graph, simple, culprit, our.data, whole);
    if (rest !== undefined) differs('ours from a rule', rest);
  }
  if (behaviour === 'unreachable' || behaviour === 'broken') {
    const truth = JSON.parse(JSON.stringify(whole.data));
    const told = untruth(truth, our.data);
    if (told !== undefined) differs('ours from a rule', told);
    if (our.errors.length === 0 && !isDeepStrictEqual(our.data, truth))
      differs('ours from a rule', 'less than the truth without an error');
  }
  const occasion = { graph, simple, variables, weather, wire };
  if (behaviour === 'forgetful' || behaviour === 'unreachable') {
    const fault = vanilla && (await compareWithPeer(vanilla, occasion));
    if (fault) differs('ours from Apollo Gateway', fault.detail, fault.cause);
  } else if (behaviour !== 'lying' && behaviour !== 'broken') {
    const expected = JSON.stringify(whole.data);
    if (our.text !== expected) differs('ours from graphql-js', `${our.text}\n  instead of\n${expected}`);
    const errors = errorsFault(our, whole.errors ?? []);
    if (errors !== undefined) differs('ours from graphql-js', errors);
    const fault = vanilla && (await compareWithTruth(vanilla, occasion));
    if (fault) differs('Apollo Gateway from graphql-js', fault.detail, fault.cause);
  }
  return differences;
}

/** Some requests go wrong on their way, over HTTP: one of them, or any. */
function brokenly(graph: Graph, http: HttpSubgraphs, execution: Execution, dice: Random) {
  const only = dice.chance(0.5) ? dice.below(4) : undefined;
  const isBroken = (request: number) => (only === undefined ? dice.chance(0.3) : request === only);
  return http.asking(
    (subgraph, { query, variables }) => graph.part(subgraph, query, variables, execution),
    (request) => (isBroken(request) ? dice.pick(BREAKAGES) : undefined),
  );
}

function weatherOf(behaviour: Behaviour, { seed, faults, missing }: Weather): Weather {
  return {
    seed,
    faults: behaviour === 'faulty' ? faults : FAIR.faults,
    missing: behaviour === 'forgetful' ? missing : FAIR.missing,
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
    case 'lying':
      return { ...WIRE, carry: (subgraph, answer) => (subgraph === culprit ? lie(answer, dice) : answer) };
    default:
      return WIRE;
  }
}
