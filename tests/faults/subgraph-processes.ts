import { type LaunchedSubgraph, launchSubgraph } from '@marquee/testing/subgraph-process';
import { mainOf, SUBGRAPHS, type SubgraphName } from './databases.ts';

/** The processes of the subgraphs. */
export interface SubgraphProcesses {
  /** The process of each subgraph that was launched last. */
  readonly consumers: ReadonlyMap<SubgraphName, LaunchedSubgraph>;
  /** Starts a process, which `consumers` then has. That of movies also serves. */
  launch(subgraph: SubgraphName): LaunchedSubgraph;
  stop(): Promise<void>;
}

/** Starts a process of each subgraph, and returns when all of them listen. */
export async function startSubgraphs(
  envOf: (subgraph: SubgraphName) => Readonly<Record<string, string>>,
): Promise<SubgraphProcesses> {
  const launched = new Set<LaunchedSubgraph>();
  const consumers = new Map<SubgraphName, LaunchedSubgraph>();

  function launch(subgraph: SubgraphName): LaunchedSubgraph {
    const roles = subgraph === 'movies' ? ['serve', 'consume'] : ['consume'];
    const consumer = launchSubgraph(mainOf(subgraph), roles, envOf(subgraph));
    launched.add(consumer);
    consumers.set(subgraph, consumer);
    return consumer;
  }

  const stop = async () => void (await Promise.all([...launched].map((each) => each.kill())));
  try {
    await Promise.all(SUBGRAPHS.map((subgraph) => launch(subgraph).listening));
  } catch (error) {
    await stop();
    throw error;
  }
  return { consumers, launch, stop };
}
