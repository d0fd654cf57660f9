import { startHttpSubgraphs } from './breakages.ts';
import { startVanilla } from './gateways.ts';
import { createGraph } from './graph.ts';
import { GRAPHS, SHARED_GRAPHS } from './graphs.ts';
import { BEHAVIOURS, type Behaviour, type Difference, type Stage, trial } from './trial.ts';

export interface Findings {
  readonly operations: number;
  readonly byBehaviour: Readonly<Record<string, number>>;
  readonly byGraph: Readonly<Record<string, number>>;
  /** What differences come from, and how often they were met. */
  readonly explained: Readonly<Record<string, number>>;
  readonly unexplained: readonly Difference[];
}

/** How often each behaviour is met, of twelve operations. */
const TURNS: readonly Behaviour[] = [
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

/**
 * Random operations, as many on each graph, from a seed on.
 *
 * @param onDifference told of each difference that nothing explains
 */
export async function compareGateways(
  seed: number,
  operations: number,
  onDifference: (difference: Difference) => void = () => {},
): Promise<Findings> {
  const stages: Stage[] = [];
  const byBehaviour: Record<string, number> = Object.fromEntries(BEHAVIOURS.map((behaviour) => [behaviour, 0]));
  const byGraph: Record<string, number> = Object.fromEntries(Object.keys(GRAPHS).map((graph) => [graph, 0]));
  const explained: Record<string, number> = {};
  const unexplained: Difference[] = [];
  const http = await startHttpSubgraphs();
  try {
    for (const [name, parts] of Object.entries(GRAPHS)) {
      const graph = createGraph(name, parts);
      stages.push({ graph, vanilla: name in SHARED_GRAPHS ? await startVanilla(graph) : undefined, http });
    }
    for (let index = seed; index < seed + operations; index++) {
      const stage = stages[index % stages.length] as Stage;
      const behaviour = TURNS[Math.floor(index / stages.length) % TURNS.length] as Behaviour;
      byBehaviour[behaviour] = (byBehaviour[behaviour] ?? 0) + 1;
      byGraph[stage.graph.name] = (byGraph[stage.graph.name] ?? 0) + 1;
      for (const difference of await trial(stage, behaviour, index)) {
        const { what, cause } = difference;
        if (cause !== undefined) explained[`${what}, ${cause}`] = (explained[`${what}, ${cause}`] ?? 0) + 1;
        else {
          unexplained.push(difference);
          onDifference(difference);
        }
      }
    }
  } finally {
    await Promise.all(stages.map(({ vanilla }) => vanilla?.stop()));
    await http.stop();
  }
  return { operations, byBehaviour, byGraph, explained, unexplained };
}
