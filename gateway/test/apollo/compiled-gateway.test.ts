import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { type GatewayConfig, LocalGraphQLDataSource, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { parse } from 'graphql';
import { apolloServerOptions, CompiledGateway } from '../../src/apollo/compiled-gateway.ts';
import { composed, type GraphPart } from '../fixtures/graph.ts';

const MOVIES: GraphPart = {
  schema: `
    type Query { movies: [Movie!]! movie(id: ID!): Movie }
    type Mutation { rename(id: ID!, title: String!): Movie }
    type Movie @key(fields: "id") { id: ID! title: String! }`,
  resolvers: {
    Query: {
      movies: () => [
        { id: '1', title: 'Heat' },
        { id: '2', title: 'Ronin' },
      ],
      movie: (_: unknown, { id }: { id: string }) => ({ id, title: 'Heat' }),
    },
    Mutation: { rename: (_: unknown, movie: object) => movie },
  },
};
const RATINGS: GraphPart = {
  schema: 'type Movie @key(fields: "id") { id: ID! score: Float failing: String }',
  resolvers: {
    Movie: {
      score: ({ id }: { id: string }) => Number(id) / 2,
      failing: () => {
        throw new Error('no rating');
      },
    },
  },
};
const PARTS = { movies: MOVIES, ratings: RATINGS };

const { supergraphSdl } = composed(PARTS, (name) => `http://${name}.invalid`);

/** Returns options with local data sources, which report each request. */
function local(onRequest: (subgraph: string, query: string, context: unknown) => void = () => {}): GatewayConfig {
  return {
    supergraphSdl,
    buildService: ({ name }) => {
      const { schema, resolvers = {} } = PARTS[name as keyof typeof PARTS];
      const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';
      const source = new LocalGraphQLDataSource(
        buildSubgraphSchema([{ typeDefs: parse(`${link} ${schema}`), resolvers }]),
      );
      return {
        process(options) {
          onRequest(name, options.request.query ?? '', options.context);
          return source.process(options);
        },
      };
    },
  };
}

async function serve(t: TestContext, gateway: CompiledGateway, plugins: ApolloServerPlugin[] = []) {
  const server = new ApolloServer({
    ...apolloServerOptions(gateway),
    plugins,
    includeStacktraceInErrorResponses: false,
  });
  await server.start();
  t.after(() => server.stop());
  return async (query: string, { variables = {}, headers = {}, contextValue = {} } = {}) => {
    const response = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: 'POST',
        headers: headerMap({ 'content-type': 'application/json', ...headers }),
        search: '',
        body: { query, variables },
      },
      context: async () => contextValue,
    });
    assert.equal(response.body.kind, 'complete');
    return JSON.parse(response.body.kind === 'complete' ? response.body.string : '');
  };
}

const MOVIES_QUERY = '{ movies { title score } }';
const MOVIES_DATA = {
  movies: [
    { title: 'Heat', score: 0.5 },
    { title: 'Ronin', score: 1 },
  ],
};

test('it answers in place of ApolloGateway', async (t) => {
  const send = await serve(t, new CompiledGateway(local()));
  assert.deepEqual(await send(MOVIES_QUERY), { data: MOVIES_DATA });
});

test('an executor without variables waits for the planner that `load` started', async (t) => {
  const gateway = new CompiledGateway(local());
  t.after(() => gateway.stop());
  const { schema, executor } = await gateway.load();
  assert.ok(executor);
  const document = parse(MOVIES_QUERY);
  const { data, errors } = await executor({ schema, document, queryHash: 'movies', request: {}, context: {} } as never);
  assert.equal(errors, undefined);
  assert.deepEqual(data, MOVIES_DATA);
});

test('operations fail while the supergraph cannot be loaded in the planner, and load it again', async (t) => {
  process.env.PLANNER_HEAP_MIB = '32';
  t.after(() => void delete process.env.PLANNER_HEAP_MIB);
  const type = (n: number) =>
    `type T${n} @key(fields: "id") { id: ID! next: T${(n + 1) % 1_500} first: T0 name: String }`;
  const large = `type Query { first: T0 } ${Array.from({ length: 1_500 }, (_, n) => type(n)).join(' ')}`;
  const errors: unknown[] = [];
  const ignore = () => {};
  const send = await serve(
    t,
    new CompiledGateway({
      supergraphSdl: composed({ large: { schema: large } }, () => 'http://large.invalid').supergraphSdl,
      logger: { debug: ignore, info: ignore, warn: ignore, error: (message) => void errors.push(message) },
    }),
  );
  for (const loads of [1, 2]) {
    const {
      errors: [error],
    } = await send('{ first { id } }');
    assert.equal(error.extensions.code, 'PLANNER_UNAVAILABLE');
    assert.equal(errors.length, loads);
    assert.match(String(errors.at(-1)), /more memory than PLANNER_HEAP_MIB allows/);
  }
});

test('data sources get the request with its context', async (t) => {
  const requests: unknown[] = [];
  const gateway = new CompiledGateway(local((subgraph, _query, context) => requests.push([subgraph, context])));
  const send = await serve(t, gateway);
  await send(MOVIES_QUERY, { contextValue: { user: 'ann' } });
  assert.deepEqual(requests, [
    ['movies', { user: 'ann' }],
    ['ratings', { user: 'ann' }],
  ]);
});

test('errors of subgraphs have their path and the name of the subgraph', async (t) => {
  const send = await serve(t, new CompiledGateway(local()));
  const { data, errors } = await send('{ movie(id: 3) { title failing } }');
  assert.deepEqual(data, { movie: { title: 'Heat', failing: null } });
  assert.deepEqual(errors, [
    {
      message: 'no rating',
      path: ['movie', 'failing'],
      extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', serviceName: 'ratings' },
    },
  ]);
});

test('plugins read and change the data of a response', async (t) => {
  const plugin: ApolloServerPlugin = {
    async requestDidStart() {
      return {
        async willSendResponse({ response: { body } }) {
          if (body.kind !== 'single' || !body.singleResult.data) return;
          (body.singleResult.data as typeof MOVIES_DATA).movies.pop();
        },
      };
    },
  };
  const send = await serve(t, new CompiledGateway(local()), [plugin]);
  assert.deepEqual(await send(MOVIES_QUERY), { data: { movies: MOVIES_DATA.movies.slice(0, 1) } });
});

test('variables that cannot be coerced are rejected', async (t) => {
  const requests: string[] = [];
  const send = await serve(t, new CompiledGateway(local((subgraph) => requests.push(subgraph))));
  const { errors, data } = await send('query ($id: ID!) { movie(id: $id) { title } }', { variables: { id: {} } });
  assert.equal(data, undefined);
  assert.equal(errors[0].extensions.code, 'BAD_USER_INPUT');
  assert.deepEqual(requests, []);
});

test('a failing data source is an error of its fetch alone', async (t) => {
  const config = local();
  const gateway = new CompiledGateway({
    ...config,
    buildService: (definition) =>
      definition.name === 'ratings'
        ? new RemoteGraphQLDataSource({ url: 'http://127.0.0.1:9' })
        : (config.buildService?.(definition) as never),
  });
  const send = await serve(t, gateway);
  const { data, errors } = await send(MOVIES_QUERY);
  assert.deepEqual(data, {
    movies: [
      { title: 'Heat', score: null },
      { title: 'Ronin', score: null },
    ],
  });
  assert.equal(errors.length, 1);
});

test('the query plan is exposed to clients that request it', async (t) => {
  const send = await serve(t, new CompiledGateway(local()));
  const headers = { 'apollo-query-plan-experimental': 'true' };
  const { extensions } = await send(MOVIES_QUERY, { headers });
  assert.match(extensions.__queryPlanExperimental, /^QueryPlan \{[\s\S]*Fetch\(service: "ratings"\)/);
});

test('unsupported options are rejected with their reasons', () => {
  assert.throws(() => new CompiledGateway({ supergraphSdl, queryPlannerConfig: { generateQueryFragments: true } }), {
    code: 'UNSUPPORTED_OPTION',
    message: /queryPlannerConfig\.generateQueryFragments: /,
  });
});

function headerMap(headers: Record<string, string>): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) map.set(name, value);
  return map;
}

/** Serves the subgraphs over HTTP; returns the supergraph and the bodies of requests. */
async function serveSubgraphs(t: TestContext, parts: Readonly<Record<string, GraphPart>> = PARTS, headers = {}) {
  const requests: { subgraph: string; body: { query: string } }[] = [];
  const server = createServer(async (request, response) => {
    const subgraph = (request.url ?? '').slice(1);
    const body = (await json(request)) as { query: string; variables: Record<string, unknown> };
    requests.push({ subgraph, body });
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(await graph.answerOf(subgraph, body)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const graph = composed(parts, (name) => `http://127.0.0.1:${port}/${name}`);
  return { supergraphSdl: graph.supergraphSdl, requests };
}

test('without data sources subgraphs are requested over HTTP, and equal queries share an execution', async (t) => {
  const { supergraphSdl, requests } = await serveSubgraphs(t);
  const send = await serve(t, new CompiledGateway({ supergraphSdl }));
  const results = await Promise.all([send(MOVIES_QUERY), send(MOVIES_QUERY), send(MOVIES_QUERY)]);
  assert.deepEqual(results, Array(3).fill({ data: MOVIES_DATA }));
  assert.deepEqual(
    requests.map(({ subgraph }) => subgraph),
    ['movies', 'ratings'],
  );
  assert.deepEqual(await send('mutation { rename(id: 1, title: "Ran") { title score } }'), {
    data: { rename: { title: 'Ran', score: 0.5 } },
  });
});

test('cache hints of subgraphs restrict the response', async (t) => {
  const { supergraphSdl } = await serveSubgraphs(t, PARTS, { 'cache-control': 'max-age=60, private' });
  let policy: unknown;
  const plugin: ApolloServerPlugin = {
    async requestDidStart() {
      return {
        async willSendResponse({ overallCachePolicy }) {
          policy = overallCachePolicy.policyIfCacheable();
        },
      };
    },
  };
  const send = await serve(t, new CompiledGateway({ supergraphSdl }), [plugin]);
  await send(MOVIES_QUERY);
  assert.deepEqual(policy, { maxAge: 60, scope: 'PRIVATE' });
});

test('usage reporting gets a trace of the query plan', async (t) => {
  let nodes: unknown;
  const plugin: ApolloServerPlugin = {
    async requestDidStart() {
      return {
        async didResolveOperation({ metrics }) {
          metrics.captureTraces = true;
        },
        async willSendResponse({ metrics }) {
          nodes = metrics.queryPlanTrace?.toJSON();
        },
      };
    },
  };
  const send = await serve(t, new CompiledGateway(local()), [plugin]);
  await send(MOVIES_QUERY);
  const { sequence } = nodes as { sequence: { nodes: Record<string, Record<string, unknown>>[] } };
  assert.deepEqual(
    sequence.nodes.map(({ fetch, flatten }) => [fetch?.serviceName, flatten?.responsePath]),
    [
      ['movies', undefined],
      [undefined, [{ fieldName: 'movies' }, { fieldName: '@' }]],
    ],
  );
});

test('a supergraph manager changes the supergraph, and requests end on the one on which they began', async (t) => {
  const changed = {
    movies: { ...MOVIES, schema: MOVIES.schema.replace('title: String! }', 'title: String! year: Int }') },
  };
  const next = composed({ ...PARTS, ...changed }, (name) => `http://${name}.invalid`).supergraphSdl;
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let update: (sdl: string) => void = () => {};
  const { buildService } = local();
  const gateway = new CompiledGateway({
    async supergraphSdl(options) {
      update = options.update;
      return { supergraphSdl };
    },
    buildService(definition) {
      const source = buildService?.(definition) as { process: (options: never) => Promise<object> };
      return {
        async process(options: never) {
          if (definition.name === 'movies') {
            reach();
            await released;
          }
          return source.process(options);
        },
      } as never;
    },
  });
  const schemas: string[] = [];
  gateway.onSchemaLoadOrUpdate(({ coreSupergraphSdl }) => schemas.push(coreSupergraphSdl));
  const send = await serve(t, gateway);
  const pending = send(MOVIES_QUERY);
  await reached;
  update(next);
  release();
  assert.deepEqual(await pending, { data: MOVIES_DATA });
  assert.deepEqual(await send('{ __type(name: "Movie") { fields { name } } movies { title } }'), {
    data: {
      __type: { fields: ['id', 'title', 'year', 'score', 'failing'].map((name) => ({ name })) },
      movies: MOVIES_DATA.movies.map(({ title }) => ({ title })),
    },
  });
  assert.deepEqual(schemas, [supergraphSdl, next]);
});

test('spans have the names of ApolloGateway, and the error status where something failed', async (t) => {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  t.after(() => trace.disable());
  const send = await serve(t, new CompiledGateway({ ...local(), telemetry: { recordExceptions: 1 } }));
  await send('query Failing { movies { title failing } }');
  assert.deepEqual(
    exporter.getFinishedSpans().map(({ name, status, attributes, events }) => {
      return [
        name,
        status.code === SpanStatusCode.ERROR,
        attributes.service ?? attributes['graphql.operation.name'],
        events.length,
      ];
    }),
    [
      ['gateway.validate', false, undefined, 0],
      ['gateway.plan', false, 'Failing', 0],
      ['gateway.fetch', false, 'movies', 0],
      ['gateway.fetch', false, 'ratings', 0],
      ['gateway.postprocessing', false, undefined, 0],
      ['gateway.execute', true, undefined, 1],
      ['gateway.request', true, 'Failing', 1],
    ],
  );
});

test('a query plan is taken from the cache that processes share', async (t) => {
  const plans = new Map<string, unknown>();
  const cache = {
    get: async (key: string) => plans.get(key) as never,
    set: async (key: string, plan: unknown) => void plans.set(key, plan),
    delete: async (key: string) => plans.delete(key),
    // Each of the processes clears it when it has loaded a supergraph.
    clear() {},
  };
  const config = { ...local(), queryPlannerConfig: { cache } };
  const [first, second] = [await serve(t, new CompiledGateway(config)), await serve(t, new CompiledGateway(config))];
  assert.deepEqual(await first(MOVIES_QUERY), { data: MOVIES_DATA });
  const [[key]] = [...plans] as [[string, unknown]];
  plans.set(key, { kind: 'QueryPlan' });
  assert.match(JSON.stringify(await second(MOVIES_QUERY)), /UNPLANNABLE_FIELD/);
});
