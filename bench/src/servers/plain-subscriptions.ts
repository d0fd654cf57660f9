import { createServer } from 'node:http';
import readline from 'node:readline';
import { Readable } from 'node:stream';
import { buildSchema } from 'graphql';
import { createHandler } from 'graphql-sse/lib/use/http';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { PLAIN_SCHEMA, type Tick, titleOf } from '../subscriptions/ticks.ts';
import { announce } from './settings.ts';

/** graphql-sse and graphql-ws over one schema, as their documentation shows, with the events of `FEED_URL`. */
type Listener = (tick: Tick) => void;

const listeners = new Map<number, Set<Listener>>();

async function follow(): Promise<void> {
  const { body } = await fetch(process.env.FEED_URL ?? '');
  if (body === null) throw new Error('The feed is empty.');
  for await (const line of readline.createInterface({ input: Readable.fromWeb(body as never) })) {
    const { topic, tick } = JSON.parse(line) as { topic: number; tick: Tick };
    for (const listener of listeners.get(topic) ?? []) listener(tick);
  }
}

async function* ticksOf(topic: number): AsyncGenerator<{ tick: unknown }> {
  const queue: Tick[] = [];
  let wake: () => void = () => {};
  const listener: Listener = (tick) => {
    queue.push(tick);
    wake();
  };
  const ofTopic = listeners.get(topic) ?? new Set();
  listeners.set(topic, ofTopic.add(listener));
  try {
    for (;;) {
      for (let tick = queue.shift(); tick !== undefined; tick = queue.shift()) {
        yield { tick: { ...tick, movie: { id: tick.movie.id, title: titleOf(tick.movie.id) } } };
      }
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    ofTopic.delete(listener);
  }
}

const schema = buildSchema(PLAIN_SCHEMA);
const field = schema.getSubscriptionType()?.getFields().tick;
if (field !== undefined) field.subscribe = (_source, { topic }) => ticksOf(topic);
const server = createServer(createHandler({ schema }));
useServer({ schema }, new WebSocketServer({ server, path: '/graphql' }));
void follow();
announce(server);
