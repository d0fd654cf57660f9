import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';
import { SUBGRAPHS } from '../gateway/graph.ts';
import { COLD_ALIAS } from '../gateway/queries.ts';

/**
 * All subgraphs of the bench in one process, each at the path of its name. Responses are cached by body as bytes, so that only HTTP
 * costs. Bodies that differ only in the alias of cold operations are executed once.
 */
const schemas = new Map(
  Object.entries(SUBGRAPHS).map(([name, { typeDefs, resolvers }]) => [
    name,
    buildSubgraphSchema([{ typeDefs: parse(typeDefs), resolvers: resolvers as never }]),
  ]),
);
const answers = new Map<string, Promise<Buffer>>();

async function execute(path: string, body: string): Promise<Buffer> {
  const schema = schemas.get(path.slice(1));
  if (schema === undefined) throw new Error(`there is no subgraph at ${path}`);
  const { query, variables, operationName } = JSON.parse(body);
  const answer = await graphql({ schema, source: query, variableValues: variables, operationName });
  return Buffer.from(JSON.stringify(answer));
}

function answerTo(path: string, body: string): Promise<Buffer> {
  const key = path + body;
  let answer = answers.get(key);
  if (answer === undefined) {
    answer = execute(path, body);
    answers.set(key, answer);
  }
  return answer;
}

async function answerToCold(path: string, body: string): Promise<Buffer> {
  const [alias = ''] = body.match(COLD_ALIAS) ?? [];
  const answer = await answerTo(path, body.replaceAll(alias, 'cold_0'));
  return Buffer.from(answer.toString().replaceAll('cold_0', alias));
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { url = '' } = request;
    const body = Buffer.concat(chunks).toString();
    const answer = body.includes('cold_') ? answerToCold(url, body) : answerTo(url, body);
    answer.then(
      (bytes) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length });
        response.end(bytes);
      },
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
}).listen(Number(process.env.PORT ?? 0), '127.0.0.1');
await once(server, 'listening');
process.send?.({ port: (server.address() as AddressInfo).port });
