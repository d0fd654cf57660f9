import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningSubgraph } from '@marquee/testing/subgraph-process';

const CREATE = `mutation ($changes: [MovieChange!]!, $key: String!) {
  made: changeMovies(changes: $changes, idempotencyKey: $key) {
    ... on ChangedMovies { results { ... on Movie { id } } }
  }
}`;
const EDITOR = { subject: 'editor', scopes: ['movies:write'] };
const PAUSE_MS = 100;

/** A client that creates movies one after the other. */
export interface Writer {
  /** Title and id of each movie whose creation the client saw succeed. */
  readonly created: ReadonlyMap<string, string>;
  /** Number of calls without a result, each of which the client repeated with its idempotency key. */
  readonly failures: number;
  /** Completes the call in progress. */
  stop(): Promise<void>;
}

/** Starts a client of the process that serves the movies at the time. */
export function startWriter(server: () => Promise<RunningSubgraph>): Writer {
  const created = new Map<string, string>();
  let failures = 0;
  let isStopping = false;

  async function create(title: string): Promise<string> {
    const variables = { changes: [{ create: { title, genreIds: [] } }], key: randomUUID() };
    for (;;) {
      try {
        const { data } = await (await server()).ask(CREATE, variables, EDITOR);
        const made = (data as { made: { results?: [{ id: string }] } } | undefined)?.made;
        if (made?.results) return made.results[0].id;
      } catch {
        // The process was killed, or is not there yet.
      }
      failures += 1;
      await sleep(PAUSE_MS);
    }
  }

  async function run(): Promise<void> {
    while (!isStopping) {
      const title = `Created ${created.size + 1}`;
      created.set(title, await create(title));
      await sleep(PAUSE_MS);
    }
  }

  const ended = run();
  return {
    created,
    get failures() {
      return failures;
    },
    async stop() {
      isStopping = true;
      await ended;
    },
  };
}
