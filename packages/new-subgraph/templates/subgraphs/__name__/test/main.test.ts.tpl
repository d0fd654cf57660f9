import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MOVIE___NAME__ } from '@marquee/events/topics';
import { type TestEventLog, testEventLog } from '@marquee/testing/event-log';
import { eventually } from '@marquee/testing/eventually';
import { describeMistakes } from '@marquee/testing/scenarios/command-line';
import { itAnswersTheGatewayAlone } from '@marquee/testing/scenarios/trust';
import { migratedSubgraphDatabase, type SubgraphDatabase } from '@marquee/testing/subgraph-database';
import { dataOf, type RunningSubgraph, startSubgraph } from '@marquee/testing/subgraph-process';
import { subgraph } from './fixtures/subgraph.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second));
const observed = (movieId: string, ...names: string[]) => ({
  movieId,
  __name__: names.map((name, index) => ({ id: String(index), name })),
});

itAnswersTheGatewayAlone(subgraph);
describeMistakes(subgraph);

describe('consume', () => {
  let database: SubgraphDatabase;
  let log: TestEventLog<'movie-__name__'>;
  let api: RunningSubgraph;
  before(async () => {
    database = await migratedSubgraphDatabase(subgraph);
    log = await testEventLog(database, MOVIE___NAME__);
    api = await startSubgraph(subgraph.main, ['serve', 'consume'], { ...database.env, ...log.env });
  });
  after(async () => {
    assert.equal(await api?.stop(), 0);
    await log?.eventLog.close();
    await database?.drop();
  });

  const namesOf = async (movieId: string) => {
    const query = `query ($movies: [_Any!]!) {
      _entities(representations: $movies) { ... on Movie { __name__ { name } } }
    }`;
    const { _entities } = dataOf(await api.ask(query, { movies: [{ __typename: 'Movie', id: movieId }] }));
    return _entities[0].__name__.map(({ name }: { name: string }) => name);
  };

  it('brings events to clients: observed, observed again, out of order, deleted', async () => {
    await log.publish([observed('603', 'First', 'Second'), observed('604', 'Other')], at(2));
    await eventually(async () => assert.deepEqual(await namesOf('603'), ['First', 'Second']));
    await log.publish([observed('603', 'Older')], at(1));
    await log.publish([observed('604', 'Newer')], at(3));
    await eventually(async () => assert.deepEqual(await namesOf('604'), ['Newer']));
    assert.deepEqual(await namesOf('603'), ['First', 'Second']);
    await log.publishDeleted(['603'], at(4));
    await eventually(async () => assert.deepEqual(await namesOf('603'), []));
  });

  it('publishes a record that is no event to the dead letters, and continues', async () => {
    const [key, value] = [Buffer.from('42'), Buffer.from('{ not JSON')];
    await log.eventLog.publish(MOVIE___NAME__.name, [{ key, value, headers: {} }]);
    await log.publish([observed('42', 'Answer')], at(1));
    await eventually(async () => assert.deepEqual(await namesOf('42'), ['Answer']));
    assert.equal(await log.count('marquee.__name__-dead-letters.v1'), 1n);
  });
});
