import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { RequestSubgraph } from '@marquee/gateway/execution/execution-context';
import { createSubgraphClient } from '@marquee/gateway/subgraphs/subgraph-client';
import { WriteTracker } from '@marquee/gateway/subgraphs/writes';
import { createContext } from '@marquee/runtime/process';
import type { Respond } from './gateways.ts';

/** Sends something else instead of a response. */
type HttpFault = (response: ServerResponse, answer: string) => void;

const answering =
  (status: number, type: string, textOf: (answer: string) => string): HttpFault =>
  (response, answer) =>
    response.writeHead(status, { 'content-type': type }).end(textOf(answer));

const half = (answer: string) => answer.slice(0, answer.length / 2);

export const HTTP_FAULTS: readonly HttpFault[] = [
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

/** Subgraphs over HTTP, with the gateway's subgraph client. */
export interface HttpSubgraphs {
  /** @param httpFaultOf returns the fault of a request, by its number from 0 */
  requesting(respond: Respond, httpFaultOf: (request: number) => HttpFault | undefined): RequestSubgraph<undefined>;
  stop(): Promise<void>;
}

export async function startHttpSubgraphs(): Promise<HttpSubgraphs> {
  let answer: (subgraph: string, body: string) => Promise<[text: string, httpFault: HttpFault | undefined]>;
  const server = createServer(async (request, response) => {
    const [body, httpFault] = await answer(request.url?.slice(1) ?? '', await text(request));
    if (httpFault === undefined) response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    else httpFault(response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ctx = createContext('differential tests', 'silent');
  const client = createSubgraphClient(ctx, { timeoutMs: 10_000, writes: new WriteTracker(), signingKey: undefined });
  const ask = client((subgraph) => `http://127.0.0.1:${port}/${subgraph}`);
  return {
    requesting(respond, httpFaultOf) {
      let count = 0;
      answer = async (subgraph, body) => {
        const httpFault = httpFaultOf(count++);
        return [JSON.stringify(await respond(subgraph, JSON.parse(body))), httpFault];
      };
      return (request) => ask(request, {});
    },
    async stop() {
      await ctx.stop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
