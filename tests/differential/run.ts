import { startVanilla, type Vanilla } from './gateways.ts';
import { createGraph, type Graph } from './graph.ts';
import { GRAPHS } from './graphs.ts';
import { knownDifference } from './known-differences.ts';
import { BEHAVIOURS, type Behaviour, type Difference, trial } from './trial.ts';

export interface Findings {
  readonly operations: number;
  readonly byBehaviour: Readonly<Record<string, number>>;
  /** What is known, by its name, and how often it was met. */
  readonly explained: Readonly<Record<string, number>>;
  readonly unexplained: readonly Difference[];
}

/** How often each behaviour is met, of ten operations. */
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
  const graphs: { graph: Graph; vanilla: Vanilla }[] = [];
  const byBehaviour: Record<string, number> = Object.fromEntries(BEHAVIOURS.map((behaviour) => [behaviour, 0]));
  const explained: Record<string, number> = {};
  const unexplained: Difference[] = [];
  try {
    for (const [name, parts] of Object.entries(GRAPHS)) {
      const graph = createGraph(name, parts);
      graphs.push({ graph, vanilla: await startVanilla(graph) });
    }
    for (let index = seed; index < seed + operations; index++) {
      const { graph, vanilla } = graphs[index % graphs.length] as (typeof graphs)[number];
      const behaviour = TURNS[Math.floor(index / graphs.length) % TURNS.length] as Behaviour;
      byBehaviour[behaviour] = (byBehaviour[behaviour] ?? 0) + 1;
      for (const difference of await trial(graph, vanilla, behaviour, index)) {
        const known = knownDifference(difference);
        if (known !== undefined) explained[known] = (explained[known] ?? 0) + 1;
        else {
          unexplained.push(difference);
          onDifference(difference);
        }
      }
    }
  } finally {
    await Promise.all(graphs.map(({ vanilla }) => vanilla.stop()));
  }
  return { operations, byBehaviour, explained, unexplained };
}
