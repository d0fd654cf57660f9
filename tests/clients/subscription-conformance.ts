import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { signedIn } from '../end-to-end/signed-in.ts';
import type { Graphql, Stack } from '../end-to-end/stack.ts';
import { type ClientOptions, type ClientResult, withoutTypenames } from './client-conformance.ts';

/** A subscribed client's results, and its end. */
export interface SubscriptionListener {
  next(result: ClientResult): void;
  error(error: unknown): void;
}

/** A GraphQL client of others that subscribes. */
export interface SubscriptionClient {
  /**
   * Subscribes; returns what ends the subscription as the client's documentation describes.
   *
   * @param lastEventId id of an event, after which the subscription begins
   */
  subscribe(
    query: string,
    variables: Readonly<Record<string, unknown>>,
    listener: SubscriptionListener,
    lastEventId?: string,
  ): () => void;
}

export type CreateSubscriptionClient = (options: Pick<ClientOptions, 'url' | 'headers'>) => SubscriptionClient;

const MOVIE_CHANGED = `subscription MovieChanged($ids: [ID!]!) {
  movieChanged(ids: $ids) { kind movieId movie { id title version cast { totalCount } reviews { totalCount } } }
}`;
const RATING_CHANGED = `subscription RatingChanged($ids: [ID!]!) {
  ratingChanged(movieIds: $ids) { kind movieId rating { userVoteCount } movie { id title directors { name } } }
}`;
const REVIEW_ADDED = `subscription ReviewAdded($id: ID!) {
  reviewAdded(movieId: $id) { kind review { id content rating movie { id title directors { name } } } }
}`;

/** Movies of the sample that no other test rates or reviews. */
const REVIEWED = '155';
const RESUMED = '13';

/** Returns the address of the WebSockets of an endpoint. */
export const socketUrl = (url: string): string => url.replace(/^http/, 'ws');

/** Tests that a client receives each event once, with the fields of all subgraphs. */
export function subscriptionTests(name: string, running: () => Stack, createClient: CreateSubscriptionClient): void {
  describe(`subscriptions of ${name}`, () => {
    let stack: Stack;
    let graphql: Graphql;
    before(async () => {
      stack = running();
      graphql = await signedIn(stack);
    });

    const active = () => stack.counter('gateway', 'marquee_subscriptions_active');

    /** Runs a test with a subscription that the gateway has accepted, and checks that it ends with its client. */
    async function subscribed(
      query: string,
      variables: Readonly<Record<string, unknown>>,
      run: (results: unknown[], eventIds: unknown[]) => Promise<void>,
      lastEventId?: string,
    ): Promise<void> {
      const results: unknown[] = [];
      const eventIds: unknown[] = [];
      const before = await active();
      const { promise: failed, reject: error } = Promise.withResolvers<never>();
      const next = ({ data, errors = [], extensions }: ClientResult) => {
        results.push(errors.length > 0 ? { errors } : withoutTypenames(data));
        eventIds.push((extensions as { eventId?: unknown } | undefined)?.eventId);
      };
      const client = createClient({ url: stack.addresses.graphql, headers: {} });
      const end = client.subscribe(query, variables, { next, error }, lastEventId);
      const tested = eventually(async () => assert.equal(await active(), before + 1)).then(() =>
        run(results, eventIds),
      );
      try {
        await Promise.race([tested, failed]);
      } finally {
        end();
      }
      await eventually(async () => assert.equal(await active(), before), 4_000);
    }

    test('movieChanged: each change of a movie, up to its deletion', async () => {
      const { createMovie: movie } = await graphql<{ createMovie: { id: string } }>(
        'mutation { createMovie(input: { title: "Watched" }) { ... on Movie { id } } }',
      );
      const variables = { ids: [movie.id] };
      const parts = { cast: { totalCount: 0 }, reviews: { totalCount: 0 } };
      await subscribed(MOVIE_CHANGED, variables, async (all) => {
        // The creation may become an event after the subscription.
        const results = () => all.filter((result) => !JSON.stringify(result).includes('"CREATED"'));
        const changes: object[] = [];
        for (const [version, title] of ['Watched Twice', 'Naïve 映画 🎬'].entries()) {
          await graphql(
            `mutation ($id: ID!, $version: Int!, $title: String!) {
              updateMovie(id: $id, version: $version, input: { title: $title }) { __typename }
            }`,
            { id: movie.id, version: version + 1, title },
          );
          const changed = { id: movie.id, title, version: version + 2, ...parts };
          changes.push({ movieChanged: { kind: 'UPDATED', movieId: movie.id, movie: changed } });
          await eventually(async () => assert.deepEqual(results(), changes));
        }
        await graphql('mutation ($id: ID!) { deleteMovie(id: $id, version: 3) { __typename } }', movie);
        changes.push({ movieChanged: { kind: 'DELETED', movieId: movie.id, movie: null } });
        await eventually(async () => assert.deepEqual(results(), changes));
      });
    });

    test('ratingChanged: each vote, with the movie of other subgraphs', async () => {
      await subscribed(RATING_CHANGED, { ids: [REVIEWED] }, async (results) => {
        const { rateMovie } = await graphql<{
          rateMovie: { movie: { id: string; title: string; directors: object[] } };
        }>(
          `mutation ($id: ID!) { rateMovie(movieId: $id, value: 9) {
            ... on UserRating { movie { id title directors { name } } }
          } }`,
          { id: REVIEWED },
        );
        const { movie } = rateMovie;
        assert.ok(movie.directors.length > 0);
        const event = (userVoteCount: number) => ({
          ratingChanged: { kind: 'UPDATED', movieId: REVIEWED, rating: { userVoteCount }, movie },
        });
        await eventually(async () => assert.deepEqual(results, [event(1)]));
        await graphql('mutation ($id: ID!) { unrateMovie(movieId: $id) { __typename } }', { id: REVIEWED });
        await eventually(async () => assert.deepEqual(results, [event(1), event(0)]));
      });
    });

    test('reviewAdded: a new review, and no deletion', async () => {
      await subscribed(REVIEW_ADDED, { id: REVIEWED }, async (results) => {
        const added: object[] = [];
        for (const content of ['Worth it.', 'Still worth it.']) {
          const { createReview: review } = await graphql<{ createReview: { id: string; version: number } }>(
            `mutation ($id: ID!, $content: String!) { createReview(input: { movieId: $id, content: $content, rating: 9 }) {
              ... on Review { id version content rating movie { id title directors { name } } }
            } }`,
            { id: REVIEWED, content },
          );
          const { version, ...fields } = review;
          added.push({ reviewAdded: { kind: 'CREATED', review: fields } });
          await eventually(async () => assert.deepEqual(results, added));
          await graphql(
            'mutation ($id: ID!, $version: Int!) { deleteReview(id: $id, version: $version) { __typename } }',
            {
              id: review.id,
              version,
            },
          );
        }
      });
    });

    test('resumes after an event with those that it missed, each once', async () => {
      const variables = { ids: [RESUMED] };
      const rate = () =>
        graphql('mutation ($id: ID!) { rateMovie(movieId: $id, value: 7) { __typename } }', { id: RESUMED });
      const unrate = () => graphql('mutation ($id: ID!) { unrateMovie(movieId: $id) { __typename } }', { id: RESUMED });
      let lastEventId: unknown;
      await subscribed(RATING_CHANGED, variables, async (results, eventIds) => {
        await rate();
        await eventually(async () => assert.equal(results.length, 1));
        lastEventId = eventIds[0];
      });
      assert.ok(typeof lastEventId === 'string');
      await unrate();
      const resume = async (results: unknown[]) => {
        await eventually(async () => assert.equal(results.length, 1));
        await rate();
        await eventually(async () => assert.equal(results.length, 2));
        await unrate();
        await eventually(async () => assert.equal(results.length, 3));
      };
      await subscribed(RATING_CHANGED, variables, resume, lastEventId);
    });

    test('an invalid subscription is an error of the operation', async () => {
      const { promise, resolve, reject } = Promise.withResolvers<ClientResult>();
      const end = createClient({ url: stack.addresses.graphql, headers: {} }).subscribe(
        'subscription Invalid { movieChanged(ids: ["603"]) { nothing } }',
        {},
        { next: resolve, error: reject },
      );
      const message = await promise.then(
        ({ errors = [] }) => errors.map((error) => error.message).join(),
        (error: unknown) => JSON.stringify(Array.isArray(error) ? error : String(error)),
      );
      end();
      assert.match(message, /Cannot query field .*nothing/);
    });
  });
}
