import { type Cluster, NAMESPACE } from './cluster.ts';
import { result, run, start } from './pods.ts';

/** Result of a load. */
export interface LoadResult {
  readonly requests: number;
  /** Number of requests without a complete response. */
  readonly failed: number;
  /** Errors of the first of them. */
  readonly failures: readonly string[];
  readonly slowestMs: number;
}

/** A script that queries movies from all three subgraphs, in sequence, over persistent connections. */
const LOAD = `
const url = 'http://gateway:4000/graphql';
const { LOOPS, PAUSE_MS } = process.env;
const result = { requests: 0, failed: 0, failures: [], slowestMs: 0 };
let stopping = false;
process.on('SIGTERM', () => { stopping = true; });
async function ask(query, variables) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(15000),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(response.status + ' ' + text.slice(0, 300));
  const { data, errors } = JSON.parse(text);
  if (errors) throw new Error(JSON.stringify(errors).slice(0, 300));
  return data;
}
async function loop(ids, at) {
  for (; !stopping; at++) {
    const begun = performance.now();
    result.requests++;
    try {
      const { movie } = await ask('query($id: ID!) { movie(id: $id) { title cast(first: 3) { edges { node { person { name } } } } rating { voteAverage } } }', { id: ids[at % ids.length] });
      if (!movie?.cast?.edges?.[0]?.node.person?.name || !movie.rating) throw new Error('a part is missing: ' + JSON.stringify(movie));
    } catch (error) {
      result.failed++;
      if (result.failures.length < 5) result.failures.push(new Date().toISOString() + ' ' + error.message + ' ' + (error.cause?.message ?? ''));
    }
    result.slowestMs = Math.max(result.slowestMs, Math.round(performance.now() - begun));
    await new Promise((resolve) => setTimeout(resolve, Number(PAUSE_MS)));
  }
}
(async () => {
  const { movies } = await ask('{ movies(first: 100) { edges { node { id cast(first: 1) { totalCount } } } } }');
  const ids = movies.edges.map(({ node }) => node).filter(({ cast }) => cast.totalCount > 0).map(({ id }) => id);
  await Promise.all(Array.from({ length: Number(LOOPS) }, (_, index) => loop(ids, index * 7)));
  console.log(JSON.stringify(result));
})();
`;

/** Sends requests to the gateway's Service from a pod until it is stopped. */
export async function startLoad(
  cluster: Cluster,
  { loops = 4, pauseMs = 25 } = {},
): Promise<{ stop(): Promise<LoadResult> }> {
  await start(cluster, { name: 'load', script: LOAD, env: { LOOPS: String(loops), PAUSE_MS: String(pauseMs) } });
  return {
    async stop() {
      await cluster.kubectl('exec', '-n', NAMESPACE, 'load', '--', 'node', '-e', "process.kill(1, 'SIGTERM')");
      return JSON.parse(await result(cluster, 'load'));
    },
  };
}

/** Executes an operation through the gateway's Service. */
export async function ask<Data>(
  cluster: Cluster,
  query: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Data> {
  const script = `fetch('http://gateway:4000/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...JSON.parse(process.env.HEADERS) },
    body: JSON.stringify({ query: process.env.QUERY }),
  }).then((response) => response.text()).then(console.log)`;
  const output = await run(cluster, { name: 'ask', script, env: { QUERY: query, HEADERS: JSON.stringify(headers) } });
  const { data, errors } = JSON.parse(output);
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}
