import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { MOVIE_CREDITS } from '@marquee/events/topics';
import { type TestEventLog, testEventLog } from '@marquee/testing/event-log';
import { dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { type PeopleDatabase, peopleDatabase } from '../fixtures/database.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';

const EDITOR = { subject: 'editor', scopes: ['people:write'] };

let database: PeopleDatabase;
let log: TestEventLog<'movie-credits'>;
let people: RunningSubgraph;
before(async () => {
  database = await peopleDatabase();
  log = await testEventLog(database, MOVIE_CREDITS);
  people = await startSubgraph(['serve', 'consume'], { ...database.env, ...log.env });
});
after(async () => {
  assert.equal(await people?.stop(), 0);
  await log?.eventLog.close();
  await database?.drop();
});

it('personChanged has the changes and the deletion of a person', async () => {
  const change = async (mutation: string) =>
    dataOf(await people.ask(`mutation { result: ${mutation} }`, {}, EDITOR)).result;
  const { id } = await change('createPerson(input: { name: "Carrie" }) { ... on Person { id } }');
  const stream = await people.subscribe(
    'subscription ($ids: [ID!]!) { personChanged(ids: $ids) { kind personId person { name filmography { totalCount } } } }',
    { ids: [id] },
  );
  const changed: object[] = [];
  await change(`updatePerson(id: "${id}", version: 1, input: { name: "Carrie-Anne Moss" }) { __typename }`);
  await change(`deletePerson(id: "${id}", version: 2) { __typename }`);
  for (let event = (await stream.data()).personChanged; ; event = (await stream.data()).personChanged) {
    assert.equal(event.personId, id);
    // The creation may have been read before or after the subscription.
    if (event.kind !== 'CREATED') changed.push([event.kind, event.person]);
    if (event.kind === 'DELETED') break;
  }
  stream.close();
  const [[kind] = [], last] = changed as [string, unknown][];
  assert.equal(kind, 'UPDATED');
  assert.deepEqual(last, ['DELETED', null]);
});
