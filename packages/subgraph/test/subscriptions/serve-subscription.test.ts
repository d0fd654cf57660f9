import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@marquee/testing/eventually';
import { createClient } from 'graphql-sse';
import { type ChangeLog, createChangeLog } from '../fixtures/change-log.ts';
import { newKey } from '../fixtures/served.ts';
import { MOVIE_CHANGED, type SubscribedSubgraph, serveSubscriptions } from '../fixtures/subscriptions.ts';

describe('subscriptions over server-sent events', () => {
  let log: ChangeLog;
  let served: SubscribedSubgraph[] = [];
  before(async () => {
    log = await createChangeLog();
  });
  afterEach(async () => {
    for (const { ctx } of served) await ctx.stop();
    served = [];
  });
  after(() => log.drop());

  async function serve(options: Parameters<typeof serveSubscriptions>[1] = {}): Promise<SubscribedSubgraph> {
    const subgraph = await serveSubscriptions(log.eventLog, options);
    served.push(subgraph);
    return subgraph;
  }

  it('sends events to the client of graphql-sse', async () => {
    const { url, metric } = await serve({ heartbeatMs: 20 });
    const client = createClient({ url, retryAttempts: 0 });
    const results = client.iterate({ query: MOVIE_CHANGED, variables: { ids: ['1', '2'] } });
    const first = results.next();
    await eventually(async () => assert.equal(await metric('marquee_subscriptions_active'), 1));
    await log.publish({ id: '1', change: 'created' }, { id: '3' });
    assert.deepEqual((await first).value, {
      data: { movieChanged: { kind: 'CREATED', movieId: '1', movie: { title: 'Movie 1' } } },
    });
    await sleep(60);
    await log.publish({ id: '2', change: 'deleted' });
    assert.deepEqual((await results.next()).value, {
      data: { movieChanged: { kind: 'DELETED', movieId: '2', movie: null } },
    });
    await results.return?.();
    await eventually(async () => assert.equal(await metric('marquee_subscriptions_active'), 0));
    assert.equal(await metric('marquee_subscription_events_total'), 2);
  });

  it('begins with an id, gives each event one, and renews it with heartbeats', async () => {
    const subgraph = await serve({ heartbeatMs: 30 });
    const stream = await subgraph.subscribe(['1']);
    assert.match(stream.response.headers.get('content-type') ?? '', /^text\/event-stream/);
    const opening = await stream.block();
    assert.ok(opening?.isComment && opening.event === undefined && opening.id);
    await log.publish({ id: '1' });
    assert.equal((await stream.data()).movieChanged.movieId, '1');
    const eventId = stream.lastEventId;
    assert.notEqual(eventId, opening.id);
    await log.publish({ id: 'other' });
    await eventually(async () => {
      const heartbeat = await stream.block();
      assert.ok(heartbeat?.isComment && heartbeat.event === undefined);
      assert.notEqual(stream.lastEventId, eventId);
    });
    stream.close();
  });

  it('outlives the time in which a request must arrive', async () => {
    const subgraph = await serve({ requestTimeoutMs: 200, heartbeatMs: 100 });
    const stream = await subgraph.subscribe(['1']);
    await stream.block();
    await sleep(2_500);
    await log.publish({ id: '1' });
    assert.equal((await stream.data()).movieChanged.movieId, '1');
    stream.close();
  });

  it('resumes after the last event, and answers a gap with its code', async () => {
    const subgraph = await serve();
    const stream = await subgraph.subscribe(['1']);
    await stream.block();
    stream.close();
    await log.publish({ id: '1', change: 'created' }, { id: '1', change: 'deleted' });
    const resumed = await subgraph.subscribe(['1'], { lastEventId: stream.lastEventId ?? '' });
    assert.equal((await resumed.data()).movieChanged.kind, 'CREATED');
    assert.equal((await resumed.data()).movieChanged.kind, 'DELETED');
    assert.equal(resumed.blocks[0]?.id, undefined);
    resumed.close();
    const { response } = await subgraph.subscribe(['1'], { lastEventId: 'AAAA' });
    assert.equal(response.status, 400);
    const { errors } = (await response.json()) as { errors: { message: string; extensions: { code: string } }[] };
    assert.equal(errors[0]?.extensions.code, 'SUBSCRIPTION_GAP');
    assert.match(errors[0]?.message ?? '', /Subscribe again without an event id/);
    assert.equal(await subgraph.metric('marquee_subscription_gaps_total'), 1);
  });

  it('refuses as queries are refused: unsigned, without a token, without a scope, invalid', async () => {
    const subgraph = await serve({ key: newKey('key') });
    const codeOf = async (options: Parameters<SubscribedSubgraph['subscribe']>[1]) => {
      const { response } = await subgraph.subscribe(['1'], options);
      assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
      const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
      return [response.status, errors[0]?.extensions.code];
    };
    const own = 'subscription ($ids: [ID!]!) { ownMovieChanged(ids: $ids) { movieId viewer } }';
    const secret = own.replace('own', 'secret');
    const identity = { subject: 'viewer', scopes: ['movies:write'] };
    assert.deepEqual(await codeOf({ headers: { signature: 'none' } }), [401, 'UNTRUSTED_REQUEST']);
    assert.deepEqual(await codeOf({ query: own }), [400, 'UNAUTHENTICATED']);
    assert.deepEqual(await codeOf({ query: secret, identity }), [400, 'FORBIDDEN']);
    assert.deepEqual(await codeOf({ query: 'subscription { nothing }' }), [400, 'GRAPHQL_VALIDATION_FAILED']);
    assert.deepEqual(await codeOf({ headers: { accept: 'application/json' } }), [406, 'BAD_REQUEST']);
    assert.deepEqual(await codeOf({ query: '{ viewer }' }), [406, 'BAD_REQUEST']);
    const stream = await subgraph.subscribe(['1'], { query: own, identity });
    await stream.block();
    await log.publish({ id: '1' });
    assert.deepEqual(await stream.data(), { ownMovieChanged: { movieId: '1', viewer: 'viewer' } });
    stream.close();
  });

  it('serves as many subscriptions as its limit allows', async () => {
    const subgraph = await serve({ limit: 1 });
    const first = await subgraph.subscribe(['1']);
    await first.block();
    const { response } = await subgraph.subscribe(['1']);
    assert.equal(response.status, 503);
    assert.match(await response.text(), /TOO_MANY_SUBSCRIPTIONS/);
    first.close();
    await eventually(async () => assert.equal(await subgraph.metric('marquee_subscriptions_active'), 0));
    const second = await subgraph.subscribe(['1']);
    assert.equal(second.response.status, 200);
    second.close();
  });

  it('cuts off a client that reads nothing', async () => {
    const subgraph = await serve({ sendTimeoutMs: 300, titleOf: async () => 'x'.repeat(4_000_000) });
    const { port } = new URL(subgraph.url);
    const body = JSON.stringify({ query: MOVIE_CHANGED, variables: { ids: ['big'] } });
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: marquee\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await once(socket, 'readable');
    await log.publish(...Array.from({ length: 5 }, () => ({ id: 'big' })));
    await eventually(async () => {
      assert.equal(await subgraph.metric('marquee_subscription_cut_offs_total', 'reason="stalled"'), 1);
      assert.equal(await subgraph.metric('marquee_subscriptions_active'), 0);
    });
    socket.destroy();
  });

  it('cuts off a subscription with too many pending events', async () => {
    const executing = Promise.withResolvers<string>();
    const subgraph = await serve({ maxPending: 3, titleOf: () => executing.promise });
    const stream = await subgraph.subscribe(['1']);
    await stream.block();
    await log.publish(...Array.from({ length: 6 }, () => ({ id: '1' })));
    await sleep(300);
    executing.resolve('title');
    await assert.rejects(async () => {
      while ((await stream.block()) !== undefined);
    });
    assert.equal(await subgraph.metric('marquee_subscription_cut_offs_total', 'reason="behind"'), 1);
  });

  it('ends its streams when the process stops, without completing them', async () => {
    const subgraph = await serve({ drainDelayMs: 200, drainTimeoutMs: 10_000 });
    const stream = await subgraph.subscribe(['1']);
    await stream.block();
    const startedAt = Date.now();
    const stopped = subgraph.ctx.stop();
    await log.publish({ id: '1' });
    assert.equal((await stream.data()).movieChanged.movieId, '1', 'during the drain delay');
    assert.equal(await stream.block(), undefined);
    assert.ok(Date.now() - startedAt >= 150);
    await stopped;
    assert.ok(Date.now() - startedAt < 4_000, 'the process does not wait for the drain time-out');
    const resumed = await (await serve()).subscribe(['1'], { lastEventId: stream.lastEventId ?? '' });
    await log.publish({ id: '1', change: 'deleted' });
    assert.equal((await resumed.data()).movieChanged.kind, 'DELETED');
    resumed.close();
  });
});
