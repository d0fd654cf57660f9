import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MOVIE_CREDITS, PERSON_DETAILS } from '@marquee/events/topics';
import { type TestEventLog, testEventLog } from '@marquee/testing/event-log';
import { eventually } from '@marquee/testing/eventually';
import { describeMistakes } from '@marquee/testing/scenarios/command-line';
import { surviveKills } from '@marquee/testing/scenarios/killed-consumer';
import { itMigrates } from '@marquee/testing/scenarios/migrations';
import { describeOutages } from '@marquee/testing/scenarios/outages';
import { itAnswersTheGatewayAlone } from '@marquee/testing/scenarios/trust';
import { dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { job, movieOf, part, person } from './fixtures/credits.ts';
import { type PeopleDatabase, peopleDatabase } from './fixtures/database.ts';
import { detailsOf, image, translation } from './fixtures/details.ts';
import { people, startSubgraph } from './fixtures/subgraph.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second));

itMigrates(people, 'people');
itAnswersTheGatewayAlone(people);
describeMistakes(people);
describeOutages(people, MOVIE_CREDITS, 'person(id: "1")');

describe('consume', () => {
  let database: PeopleDatabase;
  let log: TestEventLog<'movie-credits'>;
  let api: RunningSubgraph;
  before(async () => {
    database = await peopleDatabase();
    log = await testEventLog(database, MOVIE_CREDITS);
    api = await startSubgraph(['serve', 'consume'], { ...database.env, ...log.env });
  });
  after(async () => {
    assert.equal(await api?.stop(), 0);
    await log?.eventLog.close();
    await database?.drop();
  });

  const characters = async (movieId: string): Promise<string[]> => {
    const query = `query ($movies: [_Any!]!) {
      _entities(representations: $movies) { ... on Movie { cast { edges { node { character } } } } }
    }`;
    const { _entities } = dataOf(await api.ask(query, { movies: [{ __typename: 'Movie', id: movieId }] }));
    return _entities[0].cast.edges.map(({ node }: { node: { character: string } }) => node.character);
  };
  const nameOf = async (id: string) =>
    dataOf(await api.ask('query ($id: ID!) { person(id: $id) { name } }', { id })).person?.name;
  const played = (movieId: string, character: string, name: string) =>
    movieOf(movieId, { cast: [part('6384', { character, person: person('6384', { name }) })] });

  it('brings events to clients: observed, observed again, out of order, deleted', async () => {
    await log.publish([played('603', 'Neo', 'Keanu Reeves'), played('7', 'Ted', 'Keanu Reeves')], at(2));
    await eventually(async () => assert.deepEqual(await characters('603'), ['Neo']));
    await log.publish([played('603', 'older', 'Older')], at(1));
    await log.publish([played('7', 'newer', 'Newer')], at(3));
    await eventually(async () => assert.deepEqual(await characters('7'), ['newer']));
    await log.publishDeleted(['603'], at(4));
    await eventually(async () => assert.deepEqual(await characters('603'), []));
    await log.publish([played('603', 'seen before the deletion', 'Older')], at(3));
    await log.publish([movieOf('604', { cast: [part('1', { character: 'Smith' })] })], at(5));
    await eventually(async () => assert.deepEqual(await characters('604'), ['Smith']));
    assert.deepEqual(await characters('603'), []);
    assert.equal(await nameOf('6384'), 'Newer');
  });

  it('brings details of persons to clients, and their deletion', async () => {
    const details = await testEventLog(database, PERSON_DETAILS);
    try {
      const read = async () =>
        dataOf(await api.ask('{ person(id: "6384") { name biography images { totalCount } } }')).person;
      await log.publish([played('605', 'Neo', 'Of a credit')], at(6));
      const full = { name: 'Of details', biography: 'He acts.', images: [image('/a.jpg')] };
      await details.publish([detailsOf('6384', full)], at(7));
      await eventually(async () =>
        assert.deepEqual(await read(), { name: 'Of details', biography: 'He acts.', images: { totalCount: 1 } }),
      );
      await details.publishDeleted(['6384'], at(8));
      await eventually(async () =>
        assert.deepEqual(await read(), { name: 'Of details', biography: null, images: { totalCount: 0 } }),
      );
    } finally {
      await details.eventLog.close();
    }
  });

  it('puts aside what is no event, and goes on', async () => {
    const [key, value] = [Buffer.from('42'), Buffer.from('{ not JSON')];
    await log.eventLog.publish(MOVIE_CREDITS.name, [{ key, value, headers: {} }]);
    await log.publish([movieOf('42', { cast: [part('1', { character: 'Marvin' })] })], at(1));
    await eventually(async () => assert.deepEqual(await characters('42'), ['Marvin']));
    assert.equal(await log.count('marquee.people-dead-letters.v1'), 1n);
  });
});

it('a consumer that is killed ends, restarted, in the state of one that was not', { timeout: 120_000 }, async () => {
  const state = await surviveKills(people, {
    topic: MOVIE_CREDITS,
    writes: 'persons|credits',
    // A person of movies in several partitions is announced once for each transaction, and a transaction takes the partitions that wait.
    volatile: ['version', 'last_change'],
    publish: async (log) => {
      const ids = Array.from({ length: 240 }, (_, index) => index + 1);
      for (let round = 0; round < 4; round += 1) {
        const facts = (id: number) => person(`${id}`, { name: `Person ${id}, seen ${round}`, popularity: round });
        // Every person is also in movies that stay, so that the last round names each of them.
        const movies = ids.map((id) =>
          movieOf(`${id}`, {
            cast: Array.from({ length: 12 }, (_, order) =>
              part('', { creditId: `${id}-${order}`, order, person: facts((id * 7 + order) % 60) }),
            ),
            crew: Array.from({ length: 6 + round }, (_, index) =>
              job('', { creditId: `${id}-crew-${index}`, person: facts((id + index) % 60) }),
            ),
          }),
        );
        await log.publish(movies, at(round));
      }
      await log.publishDeleted(ids.slice(0, 30).map(String), at(10));
    },
  });
  assert.equal(state.credits?.length, 210 * (12 + 9));
  assert.equal(state.persons?.length, 60);
});

it('a consumer of details that is killed ends, restarted, in the state of one that was not', {
  timeout: 120_000,
}, async () => {
  const state = await surviveKills(people, {
    topic: PERSON_DETAILS,
    writes: 'person_details|person_images|person_translations',
    publish: async (log) => {
      const ids = Array.from({ length: 400 }, (_, index) => `${index + 1}`);
      for (let round = 0; round < 4; round += 1) {
        const images = Array.from({ length: 10 + round }, (_, index) => image(`/${round}-${index}.jpg`));
        const translations = ['de', 'fr', 'ja'].map((language) =>
          translation(language, 'XX', { biography: `${round}` }),
        );
        await log.publish(
          ids.map((id) => detailsOf(id, { biography: `Round ${round}.`, images, translations })),
          at(round),
        );
      }
      await log.publishDeleted(ids.slice(0, 50), at(10));
    },
  });
  assert.equal(state.person_details?.length, 350);
  assert.equal(state.person_images?.length, 350 * 13);
  assert.equal(state.person_translations?.length, 350 * 3);
});
