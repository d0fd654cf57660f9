import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { signedIn } from './signed-in.ts';
import type { Graphql, Stack } from './stack.ts';

const MOVIE = '603';
const REEVES = '6384';
const ERRORS = '... on MutationError { code message }';

interface Written {
  readonly id: string;
  readonly version: number;
}

/** Tests writes of people and credits through the gateway. */
export function writingPeopleTests(running: () => Stack): void {
  describe('clients write persons and credits', () => {
    let stack: Stack;
    let graphql: Graphql;
    before(async () => {
      stack = running();
      graphql = await signedIn(stack);
    });

    const mutate = async (field: string, result: string): Promise<Written> => {
      const { written } = await graphql<{ written: Written & { code?: string } }>(
        `mutation { written: ${field} { ${ERRORS} ${result} } }`,
      );
      assert.equal(written.code, undefined, JSON.stringify(written));
      return written;
    };
    const look = () =>
      graphql<{ movie: { cast: object; crew: { totalCount: number } }; person: (Written & { name: string }) | null }>(
        `query ($movie: ID!, $person: ID!) {
          movie(id: $movie) {
            cast(first: 100) { edges { node { character person { id name } } } }
            crew(first: 100) { totalCount }
          }
          person(id: $person) { id version name filmography(first: 100) { edges { node { character job movie { id } } } } }
        }`,
        { movie: MOVIE, person: REEVES },
      );

    test("a new movie and a new person can have a credit at once, which the movie's deletion removes", async () => {
      const movie = await mutate('createMovie(input: { title: "Ours, Played" })', '... on Movie { id version }');
      const person = await mutate('createPerson(input: { name: "Buster Keaton" })', '... on Person { id version }');
      await mutate(
        `createCredit(input: { movieId: "${movie.id}", personId: "${person.id}", cast: { character: "The Engineer" } })`,
        '... on CastCredit { id version }',
      );
      const credits = async () => {
        const answer = await graphql<{ person: { filmography: { edges: object[] } } }>(
          'query ($id: ID!) { person(id: $id) { filmography { edges { node { character movie { title } } } } } }',
          { id: person.id },
        );
        return answer.person.filmography.edges;
      };
      assert.deepEqual(await credits(), [{ node: { character: 'The Engineer', movie: { title: 'Ours, Played' } } }]);
      await mutate(`deleteMovie(id: "${movie.id}", version: ${movie.version})`, '... on DeletedMovie { id version }');
      await eventually(async () => assert.deepEqual(await credits(), []));
      await mutate(`deletePerson(id: "${person.id}", version: 1)`, '... on DeletedPerson { id version }');
    });

    test("an edited person keeps the edits during an ingest, and has TMDb's values when released", async () => {
      const before = await look();
      assert.ok(before.person);
      const edited = await mutate(
        `updatePerson(id: "${REEVES}", version: ${before.person.version}, input: { name: "K. Reeves" })`,
        '... on Person { id version }',
      );
      assert.equal((await stack.ingest(['movies', MOVIE])).code, 0);
      assert.equal((await look()).person?.name, 'K. Reeves');
      await mutate(
        `releasePersonOverrides(id: "${REEVES}", version: ${edited.version})`,
        '... on Person { id version }',
      );
      const after = await look();
      assert.deepEqual({ ...after, person: { ...after.person, version: before.person.version } }, before);
    });

    test('a deleted person is in no movie, and is restored to all when released', async () => {
      const before = await look();
      assert.ok(before.person);
      const deleted = await mutate(
        `deletePerson(id: "${REEVES}", version: ${before.person.version})`,
        '... on DeletedPerson { id version }',
      );
      assert.equal((await stack.ingest(['movies', MOVIE])).code, 0);
      const without = await look();
      assert.equal(without.person, null);
      assert.ok(!JSON.stringify(without.movie).includes(`"${REEVES}"`));
      const back = await mutate(
        `releasePersonOverrides(id: "${REEVES}", version: ${deleted.version})`,
        '... on Person { id version }',
      );
      assert.deepEqual(await look(), { ...before, person: { ...before.person, version: back.version } });
    });
  });
}
