import { createPool, type Pool } from '@marquee/postgres/pool';
import { MarqueeError } from '@marquee/runtime/errors';
import { missingFacts } from './facts.ts';
import { type Comparison, type Measured, SERVERS, type ServerName } from './figures.ts';
import { createFunctions, dropFunctions } from './functions.ts';
import { createLoad, type Load } from './load.ts';
import { moviesQueries } from './queries/movies.ts';
import { peopleQueries } from './queries/people.ts';
import type { BenchQuery, Samples } from './queries/query.ts';
import { ratingsQueries } from './queries/ratings.ts';
import { chooseSamples } from './samples.ts';
import { startBareSql, startPostgraphile, startSubgraph, type Target } from './target.ts';

const QUERIES: Readonly<Record<string, (samples: Samples) => readonly BenchQuery[]>> = {
  movies: moviesQueries,
  people: peopleQueries,
  ratings: ratingsQueries,
};

export const SUBGRAPHS = Object.keys(QUERIES);

export interface SubgraphBenchOptions {
  /** A superuser of the filled database. */
  readonly url: string;
  readonly subgraphs: readonly string[];
  /** Connections of each server to Postgres. */
  readonly poolSize: number;
  /** Number of concurrent requests. */
  readonly connections: number;
  /** Seconds of closed load on each server for each query, in several turns that alternate with the other servers. */
  readonly seconds: number;
  /** Minimum number of requests to each server before the measurement. */
  readonly warmUpRequests: number;
  /** Seconds of open load on each server. */
  readonly steadySeconds: number;
  readonly onComparison: (comparison: Comparison) => void;
  readonly onProgress: (text: string) => void;
}

/** Turns of each server, so that other load on the machine affects all of them. */
const TURNS = 3;
const STEADY_PER_SECOND = 50;

/**
 * Measures each query on the bare SQL, the subgraph and PostGraphile in turns, after checking that their responses have the same values.
 *
 * @throws MarqueeError `ANSWERS_DIFFER` when they differ
 */
export async function benchSubgraphs(options: SubgraphBenchOptions): Promise<readonly Comparison[]> {
  const admin = createPool({ url: options.url, schema: 'public', applicationName: 'bench', max: 2 });
  const comparisons: Comparison[] = [];
  try {
    const samples = await chooseSamples(admin);
    for (const subgraph of options.subgraphs) {
      const queries = QUERIES[subgraph]?.(samples) ?? [];
      comparisons.push(...(await benchSubgraph(subgraph, queries, admin, options)));
    }
  } finally {
    await admin.end();
  }
  return comparisons;
}

async function benchSubgraph(
  subgraph: string,
  queries: readonly BenchQuery[],
  admin: Pool,
  options: SubgraphBenchOptions,
): Promise<Comparison[]> {
  const { url, poolSize, onComparison, onProgress } = options;
  const started: Target[] = [];
  const keep = async (starting: Promise<Target>) => {
    const target = await starting;
    started.push(target);
    return target;
  };
  onProgress(`${subgraph}: starting the servers`);
  try {
    const ours = await keep(startSubgraph({ subgraph, url, poolSize }));
    const bare = await keep(startBareSql({ subgraph, url, poolSize }));
    const recorded = await recordStatements(ours, queries);
    await bare.load(recorded);
    const searched = queries.find(({ search }) => search);
    const [wave] = recorded.find(([name]) => name === searched?.name)?.[1] ?? [];
    await createFunctions(admin, subgraph, wave?.[0]);
    const postgraphile = await keep(startPostgraphile({ subgraph, url, poolSize }));
    const targets = { 'bare SQL': bare, subgraph: ours, PostGraphile: postgraphile };
    const comparisons: Comparison[] = [];
    for (const query of queries) {
      onProgress(`${subgraph}: ${query.name}`);
      const comparison = { subgraph, query: query.name, servers: await measure(query, targets, options) };
      onComparison(comparison);
      comparisons.push(comparison);
    }
    return comparisons;
  } finally {
    await Promise.all(started.map((target) => target.stop()));
    await dropFunctions(admin, subgraph);
  }
}

/** Records the statements that the subgraph sends for each query. */
async function recordStatements(target: Target, queries: readonly BenchQuery[]) {
  const recorded: [string, Awaited<ReturnType<Target['recorded']>>][] = [];
  for (const { name, operation } of queries) {
    const load = createLoad(target, JSON.stringify(operation));
    await target.record();
    await load.once();
    recorded.push([name, await target.recorded()]);
    await load.close();
  }
  return recorded;
}

async function measure(
  query: BenchQuery,
  targets: Readonly<Record<ServerName, Target>>,
  { connections, seconds, steadySeconds, warmUpRequests }: SubgraphBenchOptions,
): Promise<Readonly<Record<ServerName, Measured>>> {
  const loads: Record<ServerName, Load> = {
    // All three read the variables.
    'bare SQL': createLoad(
      targets['bare SQL'],
      JSON.stringify({ name: query.name, variables: query.operation.variables }),
    ),
    subgraph: createLoad(targets.subgraph, JSON.stringify(query.operation)),
    PostGraphile: createLoad(targets.PostGraphile, JSON.stringify(query.postgraphile)),
  };
  try {
    await compareFacts(query, loads);
    const turns: Record<ServerName, Omit<Measured, 'steadyP99'>[]> = { 'bare SQL': [], subgraph: [], PostGraphile: [] };
    // Warms up compilers, caches and connections; a slow server needs longer until its code is compiled.
    for (const name of SERVERS) await loads[name].closed(connections, seconds / TURNS, warmUpRequests);
    for (let turn = 0; turn < TURNS; turn++) {
      for (const name of SERVERS) {
        const before = await targets[name].usage();
        const { requests, seconds: took, latencies } = await loads[name].closed(connections, seconds / TURNS);
        const after = await targets[name].usage();
        const cpuMsPerRequest = (after.cpuMs - before.cpuMs) / requests;
        const measured = {
          requestsPerSecond: requests / took,
          latencies,
          cpuMsPerRequest,
          rssMiB: after.rssBytes / 2 ** 20,
        };
        turns[name].push(measured);
      }
    }
    const result = {} as Record<ServerName, Measured>;
    for (const name of SERVERS) {
      const { p99: steadyP99 } = await loads[name].open(STEADY_PER_SECOND, steadySeconds);
      result[name] = { ...median(turns[name]), steadyP99 };
    }
    return result;
  } finally {
    await Promise.all(Object.values(loads).map((load) => load.close()));
  }
}

async function compareFacts(query: BenchQuery, loads: Readonly<Record<ServerName, Load>>): Promise<void> {
  const answer = await loads.subgraph.once();
  for (const other of ['bare SQL', 'PostGraphile'] as const) {
    const theirs = (await loads[other].once()) as { readonly errors?: unknown };
    const missing = missingFacts(answer, theirs, query.operation.variables);
    if (missing.length === 0) continue;
    const errors = theirs.errors === undefined ? '' : ` Its errors: ${JSON.stringify(theirs.errors).slice(0, 500)}`;
    throw new MarqueeError(
      'ANSWERS_DIFFER',
      `${other} returns \`${query.name}\` without ${missing.length} values of the subgraph, such as ${missing.slice(0, 3).join(', ')}.${errors}`,
    );
  }
}

/** Returns the turn with the median CPU for each request. */
function median(turns: readonly Omit<Measured, 'steadyP99'>[]): Omit<Measured, 'steadyP99'> {
  const sorted = turns.toSorted((a, b) => a.cpuMsPerRequest - b.cpuMsPerRequest);
  return sorted[Math.floor(sorted.length / 2)] as Omit<Measured, 'steadyP99'>;
}
