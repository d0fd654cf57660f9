import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  attributesOf,
  type OtlpCollector,
  type Span,
  startOtlpCollector,
} from '@marquee/local-services/otlp-collector';
import { eventually } from '@marquee/testing/eventually';
import { oddMovies } from '../tmdb/odd-movies.ts';
import { startTmdbServer, type TmdbServer } from '../tmdb/tmdb-server.ts';
import { authorizationOf } from './signed-in.ts';
import { type Stack, startStack } from './stack.ts';

const [INTERNAL, CLIENT, PRODUCER, CONSUMER] = [1, 3, 4, 5];

describe('a trace through the event log', () => {
  let collector: OtlpCollector;
  let tmdb: TmdbServer;
  let stack: Stack;
  const movie = oddMovies['an ordinary movie'];
  before(async () => {
    assert.ok(movie);
    collector = await startOtlpCollector();
    tmdb = await startTmdbServer([movie]);
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '200' };
    stack = await startStack({ env: { ...env, KAFKA_BROKERS: '' } });
  });
  after(async () => {
    await stack?.stop();
    await tmdb?.close();
    collector?.stop();
  });

  /** Returns the child of a span with this name and kind. */
  function childOf({ traceId, spanId }: Span, name: string, kind: number, service?: string): Span {
    const found = collector
      .of(traceId)
      .find(
        (span) =>
          span.parentSpanId === spanId &&
          span.name === name &&
          span.kind === kind &&
          (service === undefined || span.service === service),
      );
    assert.ok(found, `${name} is no child of span ${spanId}`);
    return found;
  }

  /** Checks that a sent change is processed by a follower. */
  function checkFollower(writing: Span): void {
    const sent = childOf(writing, 'send marquee.movies-changes.v1', PRODUCER, 'marquee-movies');
    const followed = childOf(sent, 'process marquee.movies-changes.v1', CONSUMER, 'marquee-ratings');
    assert.equal(attributesOf(followed)['messaging.consumer.group.name'], 'marquee.ratings');
  }

  test('leads from the request to TMDb to the transaction of the consumer, the outbox and the followers', async () => {
    const id = String(movie?.details.id);
    assert.equal((await stack.ingest(['movies', id], { TMDB_BASE_URL: tmdb.baseUrl })).code, 0);
    await eventually(async () => {
      const root = collector.spans.find(
        (span) => span.name === 'ingest movie' && attributesOf(span)['marquee.entity.id'] === id,
      );
      assert.ok(root);
      assert.equal(root.kind, INTERNAL);
      assert.equal(attributesOf(childOf(root, 'GET /movie/{id}', CLIENT))['http.response.status_code'], 200);
      const sent = childOf(root, 'send marquee.movie-details.v1', PRODUCER, 'marquee-ingest');
      assert.equal(attributesOf(sent)['messaging.kafka.message.key'], id);
      const processed = childOf(sent, 'process marquee.movie-details.v1', CONSUMER, 'marquee-movies');
      assert.equal(attributesOf(processed)['messaging.consumer.group.name'], 'marquee.movies');
      childOf(processed, 'INSERT entity_versions INSERT outbox', CLIENT);
      checkFollower(processed);
    });
  });

  test('leads from a mutation to the followers', async () => {
    const traceId = 'c'.repeat(32);
    const response = await fetch(stack.addresses.graphql, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        traceparent: `00-${traceId}-${'d'.repeat(16)}-01`,
        ...(await authorizationOf(stack)),
      },
      body: JSON.stringify({
        query: 'mutation { createMovie(input: { title: "A traced movie" }) { __typename } }',
      }),
    });
    const { errors } = (await response.json()) as { errors?: unknown };
    assert.equal(errors, undefined);
    await eventually(async () => {
      const writing = collector.of(traceId).find(({ name, kind, service }) => {
        return name === 'graphql' && kind === 2 && service === 'marquee-movies';
      });
      assert.ok(writing);
      checkFollower(writing);
    });
  });
});
