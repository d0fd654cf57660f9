import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { attributesOf, type OtlpCollector, startOtlpCollector } from '@marquee/local-services/otlp-collector';
import { migratedSubgraphDatabase, type SubgraphDatabase } from '@marquee/testing/subgraph-database';
import { dataOf, launchSubgraph, startSubgraph } from '@marquee/testing/subgraph-process';
import { migrations } from './fixtures/movies/migrations.ts';

const main = new URL('fixtures/movies/main.ts', import.meta.url);
const PARENT = 'b'.repeat(16);
const traceOf = (letter: string) => letter.repeat(32);
const headersOf = (trace: string) => ({ traceparent: `00-${trace}-${PARENT}-01` });

describe('the traces of a subgraph', () => {
  let database: SubgraphDatabase;
  let collector: OtlpCollector;
  before(async () => {
    database = await migratedSubgraphDatabase({ name: 'movies', migrations });
    collector = await startOtlpCollector();
  });
  after(async () => {
    collector?.stop();
    await database?.drop();
  });
  const start = (env: object) => startSubgraph(main, ['serve'], { ...database.env, ...env });

  it("go on from the gateway's to each statement, in a transaction or not, without the values of parameters", async () => {
    const subgraph = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    const [reading, writing] = [traceOf('a'), traceOf('c')];
    assert.equal(
      dataOf(await subgraph.ask('{ movie(id: "secret") { id } }', {}, undefined, headersOf(reading))).movie,
      null,
    );
    await subgraph.ask('mutation { addMovie(id: "secret") { id } }', {}, undefined, headersOf(writing));
    await subgraph.ask('mutation { addMovie(id: "secret") { id } }', {}, undefined, headersOf(traceOf('d')));
    assert.equal(await subgraph.stop(), 0);

    const [server, ...others] = collector.of(reading).toSorted((one, other) => one.kind - other.kind);
    assert.deepEqual([server?.kind, server?.parentSpanId], [2, PARENT]);
    const [statement, ...more] = others;
    assert.ok(statement);
    assert.deepEqual(more, []);
    assert.deepEqual(
      [statement.kind, statement.name, statement.parentSpanId, statement.status.code ?? 0],
      [3, 'SELECT movies', server?.spanId, 0],
    );
    const { 'db.namespace': namespace, 'server.port': port, ...attributes } = attributesOf(statement);
    const { hostname, port: databasePort } = new URL(database.env.DATABASE_URL);
    assert.equal(port, Number(databasePort));
    assert.match(String(namespace), /^[^|]+\|movies$/);
    assert.deepEqual(attributes, {
      'db.system.name': 'postgresql',
      'db.query.text': 'select id from movies where id = $1',
      'db.query.summary': 'SELECT movies',
      'server.address': hostname,
    });

    const written = collector.of(writing).filter(({ kind }) => kind === 3);
    assert.deepEqual(
      written.map((span) => [span.name, attributesOf(span)['marquee.statement.name']]),
      [
        ['INSERT movies', 'add-movie'],
        ['SELECT movies', undefined],
      ],
    );
    const [failed] = collector.of(traceOf('d')).filter(({ kind }) => kind === 3);
    assert.ok(failed);
    assert.deepEqual([failed.status.code, attributesOf(failed)['error.type']], [2, '23505']);
    for (const trace of [reading, writing]) assert.doesNotMatch(JSON.stringify(collector.of(trace)), /secret/);
  });

  it('are in the access log, which is off by default', async () => {
    const query = 'query One { movie(id: "secret") { id } }';
    const launch = (env: object) => launchSubgraph(main, ['serve'], { ...database.env, ...env });
    const silent = launch({});
    const off = await silent.listening;
    await off.ask(query, {}, undefined, headersOf(traceOf('9')));
    assert.equal(await off.stop(), 0);
    assert.doesNotMatch(silent.log.join(), /"msg":"request"/);
    const logging = launch({ ACCESS_LOG: 'on' });
    const subgraph = await logging.listening;
    await subgraph.ask(query, {}, undefined, headersOf(traceOf('9')));
    assert.equal(await subgraph.stop(), 0);
    const line = logging.log.find((text) => text.includes('"msg":"request"'));
    const { operation, operation_type: type, outcome, trace_id: traceId, status, part } = JSON.parse(line ?? '{}');
    assert.deepEqual(
      [operation, type, outcome, traceId, status, part],
      ['One', 'query', 'ok', traceOf('9'), 200, 'access'],
    );
    assert.doesNotMatch(line ?? '', /secret/);
  });

  it('hold their own statements, also where requests wait for connections', async () => {
    const subgraph = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, DATABASE_POOL_SIZE: '2' });
    const traces = Array.from({ length: 12 }, (_, index) => (index + 1).toString(16).padStart(32, 'e'));
    await Promise.all(
      traces.map((trace, index) => {
        const read = `{ one: movie(id: "1") { id } two: movie(id: "2") { id } movies { totalCount } }`;
        const write = `mutation { addMovie(id: "f${index}") { id } }`;
        return subgraph.ask(index % 3 === 0 ? write : read, {}, undefined, headersOf(trace));
      }),
    );
    assert.equal(await subgraph.stop(), 0);
    for (const [index, trace] of traces.entries()) {
      const [server] = collector.of(trace).filter(({ kind }) => kind === 2);
      const statements = collector.of(trace).filter(({ kind }) => kind === 3);
      assert.equal(statements.length, index % 3 === 0 ? 2 : 3, trace);
      for (const { parentSpanId } of statements) assert.equal(parentSpanId, server?.spanId);
    }
  });

  it('have no statements where nobody collects them or nobody will see them', async () => {
    const before = collector.spans.length;
    const off = await start({});
    assert.equal(
      dataOf(await off.ask('{ movie(id: "1") { id } }', {}, undefined, headersOf(traceOf('f')))).movie,
      null,
    );
    assert.equal(await off.stop(), 0);
    const unsampled = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    const headers = { traceparent: `00-${traceOf('f')}-${PARENT}-00` };
    assert.equal(dataOf(await unsampled.ask('{ movie(id: "1") { id } }', {}, undefined, headers)).movie, null);
    assert.equal(await unsampled.stop(), 0);
    assert.equal(collector.spans.length, before);
  });
});
