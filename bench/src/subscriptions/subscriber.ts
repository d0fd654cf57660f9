import { randomBytes, randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { LatencyCounts } from './latency-counts.ts';
import { now, QUERY } from './ticks.ts';

export type SubscriberKind = 'SSE' | 'WebSocket';

/** Events that a subscriber received, lost, or received twice. */
export interface SubscriberCounts {
  readonly received: number;
  readonly lost: number;
  readonly duplicate: number;
}

/** The members of a result that the bench reads, as all servers write them. */
const TICK = /"n":(\d+),"at":(\d+(?:\.\d+)?)[,}]/g;

/** Interval of pongs, in ms: a server may send pings, which the bench does not read (RFC 6455, section 5.5.3). */
const PONG_MS = 2_000;

/** Longest text of {@link TICK} that may be divided between two chunks. */
const MAX_TICK = 64;

/**
 * A subscriber that reads the bytes of its connection and parses only the number and the time of each event: client
 * libraries would take more time than the measured server.
 */
export class Subscriber {
  readonly #socket: Socket;
  readonly #latencies: LatencyCounts;
  readonly #opened = Promise.withResolvers<void>();
  #rest = '';
  #isOpen = false;
  #last = 0;
  #received = 0;
  #lost = 0;
  #duplicate = 0;

  constructor(kind: SubscriberKind, origin: string, topic: number, latencies: LatencyCounts) {
    this.#latencies = latencies;
    const { hostname, port } = new URL(origin);
    this.#socket = connect(Number(port), hostname);
    this.#socket.setNoDelay(true);
    const payload = JSON.stringify({ query: QUERY, variables: { topic } });
    if (kind === 'SSE') this.#subscribeBySse(payload);
    else this.#subscribeByWebSocket(payload);
    this.#socket.on('error', (error) => this.#opened.reject(error));
  }

  get opened(): Promise<void> {
    return this.#opened.promise;
  }

  get counts(): SubscriberCounts {
    return { received: this.#received, lost: this.#lost, duplicate: this.#duplicate };
  }

  /** Forgets what it has received, before events are numbered from 1 again. */
  reset(): void {
    this.#last = 0;
    this.#received = 0;
    this.#lost = 0;
    this.#duplicate = 0;
  }

  /** Counts the events up to this one that have not arrived. */
  finish(last: number): void {
    if (this.#last < last) this.#lost += last - this.#last;
  }

  close(): void {
    this.#socket.destroy();
  }

  #subscribeBySse(payload: string): void {
    const length = Buffer.byteLength(payload);
    this.#socket.write(
      `POST /graphql HTTP/1.1\r\nhost: bench\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${payload}`,
    );
    this.#socket.on('data', (chunk) => {
      if (!this.#isOpen) this.#open(chunk.includes(' 200 '), chunk);
      this.#read(chunk);
    });
  }

  #subscribeByWebSocket(payload: string): void {
    const key = randomBytes(16).toString('base64');
    this.#socket.write(
      `GET /graphql HTTP/1.1\r\nhost: bench\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n`,
    );
    this.#socket.once('data', (upgraded) => {
      if (!upgraded.includes(' 101 ')) return this.#open(false, upgraded);
      this.#socket.write(textFrame('{"type":"connection_init"}'));
      this.#socket.once('data', (acknowledged) => {
        this.#open(acknowledged.includes('connection_ack'), acknowledged);
        const pongs = setInterval(() => this.#socket.write(frame(0x8a, '')), PONG_MS);
        this.#socket.once('close', () => clearInterval(pongs));
        this.#socket.write(textFrame(`{"id":"${randomUUID()}","type":"subscribe","payload":${payload}}`));
        this.#socket.on('data', (chunk) => this.#read(chunk));
      });
    });
  }

  #open(isAccepted: boolean, answer: Buffer): void {
    this.#isOpen = true;
    if (isAccepted) this.#opened.resolve();
    else this.#opened.reject(new Error(`A subscriber was refused: ${answer.toString('latin1').slice(0, 300)}`));
  }

  #read(chunk: Buffer): void {
    const time = now();
    const text = this.#rest + chunk.toString('latin1');
    let end = 0;
    for (const match of text.matchAll(TICK)) {
      end = match.index + match[0].length;
      this.#count(Number(match[1]), time - Number(match[2]));
    }
    this.#rest = text.slice(Math.max(end, text.length - MAX_TICK));
  }

  #count(n: number, latency: number): void {
    this.#latencies.add(latency);
    this.#received += 1;
    if (n <= this.#last) this.#duplicate += 1;
    else {
      this.#lost += n - this.#last - 1;
      this.#last = n;
    }
  }
}

const textFrame = (text: string) => frame(0x81, text);

/** Returns a masked frame of a client (RFC 6455, section 5.2) of less than 64 KiB. */
function frame(start: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  const header =
    payload.length < 126
      ? Buffer.from([start, 0x80 | payload.length])
      : Buffer.from([start, 0xfe, payload.length >> 8, payload.length & 0xff]);
  for (const [index, byte] of payload.entries()) payload[index] = byte ^ (mask[index % 4] ?? 0);
  return Buffer.concat([header, mask, payload]);
}
