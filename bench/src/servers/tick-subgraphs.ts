import { createServer, type ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, execute, graphql, parse } from 'graphql';
import { MOVIES_SCHEMA, now, TEXT, TICKS_SCHEMA, type Tick, titleOf } from '../subscriptions/ticks.ts';
import { announce } from './settings.ts';

/**
 * The subgraphs `ticks` and `movies`. `POST /start?topics=&rate=&seconds=` publishes that many events a second, to one
 * topic after the other. `GET /feed` has all events, for servers without a gateway.
 */
interface Stream {
  readonly response: ServerResponse;
  readonly document: DocumentNode;
  readonly variables: { readonly topic: number };
}

const ticks = buildSubgraphSchema([{ typeDefs: parse(TICKS_SCHEMA) }]);
const movies = buildSubgraphSchema([
  {
    typeDefs: parse(MOVIES_SCHEMA),
    resolvers: { Movie: { __resolveReference: ({ id }: { id: string }) => ({ id, title: titleOf(id) }) } },
  },
]);
const streams = new Map<number, Set<Stream>>();
const feeds = new Set<ServerResponse>();
const last = new Map<number, number>();

async function publish(topic: number): Promise<void> {
  const n = (last.get(topic) ?? 0) + 1;
  last.set(topic, n);
  const tick: Tick = { n, at: now(), text: TEXT, movie: { __typename: 'Movie', id: String(topic + 1) } };
  for (const response of feeds) response.write(`${JSON.stringify({ topic, tick })}\n`);
  for (const { response, document, variables } of streams.get(topic) ?? []) {
    const result = await execute({ schema: ticks, document, rootValue: { tick }, variableValues: variables });
    response.write(`id: ${topic}-${n}\nevent: next\ndata: ${JSON.stringify(result)}\n\n`);
  }
}

async function run(topics: number, rate: number, seconds: number): Promise<number> {
  const begun = performance.now();
  const events = rate * seconds;
  for (let event = 0; event < events; event += 1) {
    await sleep(Math.max(begun + (event * 1_000) / rate - performance.now(), 1));
    await publish(event % topics);
  }
  return events;
}

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  if (pathname === '/feed') {
    response.writeHead(200).flushHeaders();
    feeds.add(response);
    response.once('close', () => feeds.delete(response));
    return;
  }
  const body = await textOf(request);
  if (pathname === '/start') {
    last.clear();
    const [topics = 1, rate = 1, seconds = 1] = ['topics', 'rate', 'seconds'].map((name) =>
      Number(searchParams.get(name)),
    );
    response.end(String(await run(topics, rate, seconds)));
    return;
  }
  const { query, variables } = JSON.parse(body);
  if (pathname === '/movies') {
    const result = await graphql({ schema: movies, source: query, variableValues: variables });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('id: start\n: open\n\n');
  const stream = { response, document: parse(query), variables };
  const ofTopic = streams.get(variables.topic) ?? new Set();
  streams.set(variables.topic, ofTopic.add(stream));
  const heartbeat = setInterval(() => response.write(':\n\n'), 10_000);
  response.once('close', () => {
    clearInterval(heartbeat);
    ofTopic.delete(stream);
  });
});
announce(server);
