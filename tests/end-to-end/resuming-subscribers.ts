import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { appendFile, copyFile, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@marquee/testing/eventually';
import * as graphqlSse from '../clients/graphql-sse.ts';
import * as graphqlWs from '../clients/graphql-ws.ts';
import type { CreateSubscriptionClient, SubscriptionListener } from '../clients/subscription-conformance.ts';
import { type SecondGateway, startSecondGateway } from './second-gateway.ts';
import { signedIn } from './signed-in.ts';
import type { Graphql, Stack } from './stack.ts';

const SUPERGRAPH = path.resolve(import.meta.dirname, '../../supergraph.graphql');
const MOVIES = 24;
/** Number of concurrent writers, each with movies of its own. */
const WRITERS = 3;
/** Pause of a writer after each write. */
const PAUSE_MS = 50;
/** Limit of the time in which a process starts again, for busy machines. */
const RESTART_MS = 60_000;
/** Time after which a subscriber resumes, in which it misses events. */
const RESUME_MS = 300;
/** Events that each subscriber gets between two faults. */
const BETWEEN_FAULTS = 30;

const RATING_CHANGED = `subscription RatingChanged($ids: [ID!]!) {
  ratingChanged(movieIds: $ids) { movieId changedAt rating { userVoteCount } movie { title } }
}`;

interface RatingEvent {
  readonly movieId: string;
  readonly changedAt: string;
  readonly rating: { readonly userVoteCount: number };
  readonly movie: { readonly title: string };
}

/** The error with which a subscription ends. */
interface End {
  readonly message: string;
  readonly extensions?: { readonly code?: string; readonly lastEventId?: unknown };
}

/** A client that subscribes again, after the last event, each time its subscription ends with an error. */
interface Subscriber {
  readonly events: readonly RatingEvent[];
  readonly eventIds: readonly unknown[];
  readonly ends: readonly End[];
  close(): void;
}

function follow(
  createClient: CreateSubscriptionClient,
  serving: () => SecondGateway,
  ids: readonly string[],
): Subscriber {
  const events: RatingEvent[] = [];
  const eventIds: unknown[] = [];
  const ends: End[] = [];
  let leave = () => {};
  let pending: NodeJS.Timeout | undefined;
  const subscribe = () => {
    const client = createClient({ url: serving().url, headers: {} });
    const resume = (end: End) => {
      leave();
      ends.push(end);
      // A subscriber that is rejected again and again fails the test by its ends.
      if (ends.length < 10) pending = setTimeout(subscribe, RESUME_MS);
    };
    const listener: SubscriptionListener = {
      next({ data, errors, extensions }) {
        if (errors !== undefined) return resume(errors[0] as End);
        events.push((data as { ratingChanged: RatingEvent }).ratingChanged);
        eventIds.push((extensions as { eventId?: unknown } | undefined)?.eventId);
      },
      error: (error) => resume(Array.isArray(error) ? error[0] : { message: String(error) }),
    };
    leave = client.subscribe(RATING_CHANGED, { ids }, listener, eventIds.at(-1) as string | undefined);
  };
  subscribe();
  const close = () => {
    clearTimeout(pending);
    leave();
  };
  return { events, eventIds, ends, close };
}

/** Clients that rate movies, and repeat a call by its idempotency key until it is acknowledged. */
function startWriters(graphql: Graphql, ids: readonly string[]) {
  const acknowledged: string[] = [];
  let isStopped = false;
  const write = async (own: readonly string[]) => {
    for (let number = 0; !isStopped; number += 1) {
      const id = own[number % own.length] as string;
      const value = ((Math.floor(number / own.length) % 20) + 1) / 2;
      const variables = { id, value, key: randomUUID() };
      const rateMovie = 'rateMovie(movieId: $id, value: $value, idempotencyKey: $key) { __typename }';
      await eventually(async () => {
        const query = `mutation ($id: ID!, $value: Float!, $key: String!) { ${rateMovie} }`;
        assert.deepEqual(await graphql(query, variables), { rateMovie: { __typename: 'UserRating' } });
      }, RESTART_MS);
      acknowledged.push(id);
      await sleep(PAUSE_MS);
    }
  };
  const writing = Promise.all(
    Array.from({ length: WRITERS }, (_, writer) => write(ids.filter((_, index) => index % WRITERS === writer))),
  );
  return {
    acknowledged,
    /** Resolves when the last writes are acknowledged. */
    async stop() {
      isStopped = true;
      await writing;
    },
  };
}

/** Asserts that a subscriber has one event for each acknowledged write, and those of each movie in order. */
async function assertComplete(
  { events, eventIds, ends }: Subscriber,
  ids: readonly string[],
  acknowledged: readonly string[],
): Promise<void> {
  const countsOf = (movieIds: readonly string[]) =>
    Object.fromEntries(ids.map((id) => [id, movieIds.filter((movieId) => movieId === id).length]));
  const expected = countsOf(acknowledged);
  await eventually(async () => assert.deepEqual(countsOf(events.map(({ movieId }) => movieId)), expected));
  assert.equal(new Set(eventIds).size, events.length);
  for (const id of ids) {
    const times = events.filter(({ movieId }) => movieId === id).map(({ changedAt }) => changedAt);
    assert.deepEqual(times, [...new Set(times)].sort(), 'once, in order');
  }
  for (const { rating, movie } of events) {
    assert.equal(rating.userVoteCount, 1);
    assert.match(movie.title, /^Followed /);
  }
  for (const { extensions } of ends) assert.equal(typeof extensions?.lastEventId, 'string');
}

/** Tests that subscribers get the event of each write once while processes and the schema are replaced. */
export function resumingSubscriberTests(running: () => Stack): void {
  describe('subscribers that resume', () => {
    let stack: Stack;
    let graphql: Graphql;
    let folder: string;
    let supergraph: string;
    const gateways: SecondGateway[] = [];
    const subscribers: Subscriber[] = [];
    before(async () => {
      stack = running();
      graphql = await signedIn(stack);
      folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-supergraph-'));
      supergraph = path.join(folder, 'supergraph.graphql');
      await copyFile(SUPERGRAPH, supergraph);
    });
    after(async () => {
      for (const { close } of subscribers) close();
      await Promise.all(gateways.map((gateway) => gateway.stop()));
      await rm(folder, { recursive: true, force: true });
    });

    async function start(): Promise<SecondGateway> {
      const gateway = await startSecondGateway(stack, supergraph, { SUBSCRIPTION_RECONNECT_MS: String(RESTART_MS) });
      gateways.push(gateway);
      return gateway;
    }

    async function createMovies(): Promise<string[]> {
      const changes = Array.from({ length: MOVIES }, (_, number) => ({ create: { title: `Followed ${number}` } }));
      const { changeMovies } = await graphql<{ changeMovies: { results: { id: string }[] } }>(
        `mutation ($changes: [MovieChange!]!) {
          changeMovies(changes: $changes) { ... on ChangedMovies { results { ... on Movie { id } } } }
        }`,
        { changes },
      );
      return changeMovies.results.map(({ id }) => id);
    }

    test('get each event once while a subgraph is killed, the schema is replaced and gateways take turns', async (t) => {
      const ids = await createMovies();
      let serving = await start();
      for (const { createSubscriptionClient } of [graphqlSse, graphqlWs])
        subscribers.push(follow(createSubscriptionClient, () => serving, ids));
      const endsOf = ({ ends }: Subscriber) => ends.map(({ message, extensions }) => extensions?.code ?? message);
      await eventually(async () => {
        for (const subscriber of subscribers) assert.deepEqual(endsOf(subscriber), []);
        const metrics = await serving.metrics();
        for (const transport of ['sse', 'websocket'])
          assert.match(metrics, new RegExp(`^marquee_subscriptions_active{transport="${transport}".*} 1$`, 'm'));
      });
      const writers = startWriters(graphql, ids);
      t.after(() => writers.stop());
      /** Waits for further events of writes that begin now. */
      const untilMore = async (ends: readonly string[]) => {
        await eventually(async () => {
          for (const subscriber of subscribers) assert.deepEqual(endsOf(subscriber), ends);
        }, RESTART_MS);
        const needed = writers.acknowledged.length + BETWEEN_FAULTS;
        await eventually(async () => {
          for (const { events } of subscribers) assert.ok(events.length >= needed, `${events.length} of ${needed}`);
        }, RESTART_MS);
      };

      await untilMore([]);
      process.kill(stack.addresses.processes.ratings as number, 'SIGKILL');
      await untilMore([]);

      await appendFile(supergraph, '\n# Changed.\n');
      // A rolling restart: the next gateway starts before the previous one ends.
      const next = start();
      await untilMore(['SUBSCRIPTION_SCHEMA_RELOAD']);

      const replaced = serving;
      serving = await next;
      assert.equal(await replaced.stop(), 0);
      await untilMore(['SUBSCRIPTION_SCHEMA_RELOAD', 'SUBSCRIPTION_ENDED']);

      await writers.stop();
      for (const subscriber of subscribers) await assertComplete(subscriber, ids, writers.acknowledged);
    });
  });
}
