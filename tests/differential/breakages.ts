import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { RequestSubgraph } from '@marquee/gateway/execution/execution-context';
import { createSubgraphClient } from '@marquee/gateway/subgraphs/subgraph-client';
import { WriteTracker } from '@marquee/gateway/subgraphs/writes';
import { createContext } from '@marquee/runtime/process';
import type { Asked } from './gateways.ts';

/** Sends something else than the answer, whose text this is. */
type Breakage = (response: ServerResponse, answer: string) => void;

const answering =
  (status: number, type: string, textOf: (answer: string) => string): Breakage =>
  (response, answer) =>
    response.writeHead(status, { 'content-type': type }).end(textOf(answer));

const half = (answer: string) => answer.slice(0, answer.length / 2);

/** How one request may go wrong. */
export const BREAKAGES: readonly Breakage[] = [
  answering(500, 'text/html', () => '<h1>Internal Server Error</h1>'),
  answering(500, 'application/json', () => '{"errors":[{"message":"Something broke."}]}'),
  answering(503, 'text/plain', () => ''),
  answering(200, 'application/json', () => 'This is no JSON.'),
  answering(200, 'application/json', () => ''),
  answering(200, 'application/json', () => 'null'),
  answering(200, 'application/json', () => '{}'),
  answering(200, 'application/json', () => '{"data":{},"errors":7}'),
  answering(200, 'application/json', half),
  (response) => response.destroy(),
  (response, answer) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
    response.write(half(answer), () => response.destroy());
  },
];

/** Subgraphs over HTTP, asked by what the gateway asks subgraphs with. */
export interface HttpSubgraphs {
  /** @param breakageOf says of each request, by its number from 0 on, whether and how it goes wrong */
  asking(asked: Asked, breakageOf: (request: number) => Breakage | undefined): RequestSubgraph<undefined>;
  stop(): Promise<void>;
}

export async function startHttpSubgraphs(): Promise<HttpSubgraphs> {
  let answer: (subgraph: string, body: string) => Promise<[text: string, breakage: Breakage | undefined]>;
  const server = createServer(async (request, response) => {
    const [told, breakage] = await answer(request.url?.slice(1) ?? '', await text(request));
    if (breakage === undefined) response.writeHead(200, { 'content-type': 'application/json' }).end(told);
    else breakage(response, told);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ctx = createContext('differential tests', 'silent');
  const client = createSubgraphClient(ctx, { timeoutMs: 10_000, writes: new WriteTracker(), signingKey: undefined });
  const ask = client((subgraph) => `http://127.0.0.1:${port}/${subgraph}`);
  return {
    asking(asked, breakageOf) {
      let count = 0;
      answer = async (subgraph, body) => {
        const breakage = breakageOf(count++);
        return [JSON.stringify(await asked(subgraph, JSON.parse(body))), breakage];
      };
      return (request) => ask(request, {});
    },
    async stop() {
      await ctx.stop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
