import fc from 'fast-check';
import { failuresOf } from '../fuzz/failures.ts';
import { startVanilla } from './gateways.ts';
import { createGraph } from './graph.ts';
import { GRAPHS, SHARED_GRAPHS } from './graphs.ts';
import { startHttpSubgraphs } from './http-faults.ts';
import { BEHAVIOURS, type Difference, differencesOf, type Stage, type Trial, trialsOn } from './trial.ts';

export interface Findings {
  readonly operations: number;
  readonly byBehaviour: Readonly<Record<string, number>>;
  readonly byGraph: Readonly<Record<string, number>>;
  /** Counts of differences by cause. */
  readonly explained: Readonly<Record<string, number>>;
  /** Differences of shrunk operations, with the seed and path that reproduce them. */
  readonly unexplained: readonly (Difference & { readonly seed: number; readonly path: string })[];
}

class Unexplained extends Error {
  readonly differences: readonly Difference[];

  constructor(differences: readonly Difference[]) {
    super(differences.map(({ what }) => what).join('; '));
    this.differences = differences;
  }
}

export interface Comparison {
  readonly seed: number;
  readonly operations: number;
  /** The path of a difference, to check its operation alone. */
  readonly path?: string | undefined;
}

/** Compares gateways on random operations over all graphs, and shrinks operations with an unexplained difference. */
export async function compareGateways({ seed, operations, path }: Comparison): Promise<Findings> {
  const stages: Stage[] = [];
  const byBehaviour: Record<string, number> = Object.fromEntries(BEHAVIOURS.map((behaviour) => [behaviour, 0]));
  const byGraph: Record<string, number> = Object.fromEntries(Object.keys(GRAPHS).map((graph) => [graph, 0]));
  const explained: Record<string, number> = {};
  const http = await startHttpSubgraphs();
  const check = async (trial: Trial, isShrinking: boolean) => {
    const differences = await differencesOf(trial);
    if (!isShrinking) {
      const { behaviour, stage } = trial;
      byBehaviour[behaviour] = (byBehaviour[behaviour] ?? 0) + 1;
      byGraph[stage.graph.name] = (byGraph[stage.graph.name] ?? 0) + 1;
      for (const { what, cause } of differences) {
        if (cause !== undefined) explained[`${what}, ${cause}`] = (explained[`${what}, ${cause}`] ?? 0) + 1;
      }
    }
    const unexplained = differences.filter(({ cause }) => cause === undefined);
    if (unexplained.length > 0) throw new Unexplained(unexplained);
  };
  try {
    for (const [name, parts] of Object.entries(GRAPHS)) {
      const graph = createGraph(name, parts);
      stages.push({ graph, vanilla: name in SHARED_GRAPHS ? await startVanilla(graph) : undefined, http });
    }
    const failures = await failuresOf(fc.oneof(...stages.map(trialsOn)), { seed, runs: operations, path }, check);
    const unexplained = failures.flatMap(({ seed: own, path: way, error }) => {
      if (!(error instanceof Unexplained)) throw error;
      return error.differences.map((difference) => ({ ...difference, seed: own, path: way }));
    });
    return { operations, byBehaviour, byGraph, explained, unexplained };
  } finally {
    await Promise.all(stages.map(({ vanilla }) => vanilla?.stop()));
    await http.stop();
  }
}
