import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codeOf, dataOf } from '@marquee/testing/subgraph-process';
import { movieOf, part } from '../fixtures/credits.ts';
import { observe } from '../fixtures/database.ts';
import { detailsOf, forgetDetails, image, observeDetails, translation } from '../fixtures/details.ts';
import { writablePeople } from '../fixtures/writable-people.ts';
import { write } from '../fixtures/writing.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second));

const OWN = 'imdbId biography birthday deathday placeOfBirth homepage alsoKnownAs';
const UNKNOWN = {
  imdbId: null,
  biography: null,
  birthday: null,
  deathday: null,
  placeOfBirth: null,
  homepage: null,
  alsoKnownAs: [],
};
const VALUES = {
  imdbId: 'nm0000001',
  biography: 'First line.\n\nSecond line.',
  birthday: '1950-02-28',
  deathday: '2020-02-29',
  placeOfBirth: 'Bruges, Belgium',
  homepage: 'https://anna.example/',
  alsoKnownAs: ['Ann', 'Энн'],
};

describe('details of a person', () => {
  const subject = writablePeople();
  const { read } = subject;

  const credited = (...ids: string[]) =>
    observe(subject.pool, [movieOf('10', { cast: ids.map((id) => part(id, { creditId: id })) })], at(0));
  const see = (second: number, ...persons: ReturnType<typeof detailsOf>[]) =>
    observeDetails(subject.pool, persons, at(second));
  const faultsOf = ({ faults }: { faults: { path: string[]; code: string }[] }) =>
    faults.map(({ path, code }) => [...path, code].join(' '));

  it('are TMDb’s values, or unknown', async () => {
    await credited('1', '2');
    await see(
      1,
      detailsOf('1', { ...VALUES, externalIds: { ...detailsOf('1').externalIds, tvrageId: 7, wikidataId: 'Q1' } }),
    );
    const ids = 'externalIds { wikidataId facebookId tvrageId }';
    assert.deepEqual(await read('1', `${OWN} ${ids}`), {
      ...VALUES,
      externalIds: { wikidataId: 'Q1', facebookId: null, tvrageId: 7 },
    });
    assert.deepEqual(await read('2', `${OWN} ${ids}`), {
      ...UNKNOWN,
      externalIds: { wikidataId: null, facebookId: null, tvrageId: null },
    });
  });

  it('are read by a number of statements that does not depend on the persons', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `${index + 1}`);
    await credited(...ids);
    await see(
      1,
      ...ids.map((id) => detailsOf(id, { images: [image('/a.jpg')], translations: [translation('fr', 'FR')] })),
    );
    const query = `query ($ids: [ID!]!) { peopleByIds(ids: $ids) { ${OWN} externalIds { wikidataId }
      images { totalCount edges { node { url } } } translations { totalCount edges { node { language } } }
      localized(languages: ["fr"]) { biography { text } } } }`;
    const one = await subject.people.ask(query, { ids: ['1'] });
    const all = await subject.people.ask(query, { ids });
    assert.equal(dataOf(all).peopleByIds.length, 50);
    assert.equal(all.statements, one.statements);
  });

  it('page through 2,000 portraits and 60 translations, forward and backward', { timeout: 60_000 }, async () => {
    await credited('1');
    const images = Array.from({ length: 2_000 }, (_, index) => image(`/${index}.jpg`, { voteCount: index }));
    const letters = 'abcdefghij';
    const translations = Array.from({ length: 60 }, (_, index) =>
      translation(`${letters[index % 6]}${letters[index % 10]}`, `A${String.fromCharCode(65 + (index % 26))}`, {
        biography: `${index}`,
      }),
    );
    const distinct = new Map(translations.map((each) => [`${each.language}-${each.country}`, each]));
    await see(1, detailsOf('1', { images, translations: [...distinct.values()] }));
    const urls: string[] = [];
    for (let cursor: string | null = null; ; ) {
      const args: string = cursor === null ? 'first: 100' : `first: 100, after: "${cursor}"`;
      const { images: page } = await read(
        '1',
        `images(${args}) { totalCount pageInfo { hasNextPage endCursor } edges { node { url(size: ORIGINAL) } } }`,
      );
      assert.equal(page.totalCount, 2_000);
      urls.push(...page.edges.map(({ node }: { node: { url: string } }) => node.url));
      if (!page.pageInfo.hasNextPage) break;
      cursor = page.pageInfo.endCursor;
    }
    assert.deepEqual(
      urls,
      images.map(({ path }) => `http://images.example/t/p/original${path}`),
    );
    const { images: last } = await read(
      '1',
      'images(last: 2) { edges { node { voteCount } } pageInfo { startCursor } }',
    );
    assert.deepEqual(
      last.edges.map(({ node }: { node: { voteCount: number } }) => node.voteCount),
      [1_998, 1_999],
    );
    const { images: before } = await read(
      '1',
      `images(last: 1, before: "${last.pageInfo.startCursor}") { edges { node { voteCount width height aspectRatio language voteAverage } } }`,
    );
    assert.deepEqual(before.edges[0].node, {
      voteCount: 1_997,
      width: 600,
      height: 900,
      aspectRatio: 0.667,
      language: null,
      voteAverage: null,
    });
    const { translations: page } = await read(
      '1',
      'translations(first: 100) { totalCount edges { node { language country } } }',
    );
    const order = page.edges.map(
      ({ node }: { node: { language: string; country: string } }) => `${node.language}-${node.country}`,
    );
    assert.deepEqual(order, [...distinct.keys()].toSorted());
    assert.equal(page.totalCount, distinct.size);
  });

  it('are localized field by field', async () => {
    await credited('1');
    const translations = [
      translation('fr', 'CA', { name: 'Anne' }),
      translation('fr', 'FR', { biography: 'Elle joue.' }),
    ];
    await see(1, detailsOf('1', { name: 'Anna', biography: 'She acts.', translations }));
    const localized = async (languages: string[]) =>
      dataOf(
        await subject.people.ask(
          'query ($languages: [String!]!) { person(id: "1") { localized(languages: $languages) { name { text language } biography { text language } } } }',
          { languages },
        ),
      ).person.localized;
    assert.deepEqual(await localized(['fr-CA', 'fr', 'en']), {
      name: { text: 'Anne', language: 'fr-CA' },
      biography: { text: 'Elle joue.', language: 'fr-FR' },
    });
    assert.deepEqual(await localized(['ja']), {
      name: { text: 'Anna', language: null },
      biography: { text: 'She acts.', language: null },
    });
    for (const languages of [[], ['french'], ['fr', ''], Array(21).fill('fr')]) {
      const answer = await subject.people.ask(
        'query ($languages: [String!]!) { person(id: "1") { localized(languages: $languages) { name { text } } } }',
        { languages },
      );
      assert.equal(codeOf(answer), 'BAD_USER_INPUT', `${languages}`);
    }
  });

  it('are edited and released like other fields', async () => {
    await credited('1');
    await see(1, detailsOf('1', VALUES));
    const input = { biography: 'Mine.', deathday: null, alsoKnownAs: ['Annie'] };
    const edited = await write(subject.people, 'updatePerson', { id: '1', version: 2, input });
    assert.deepEqual(edited.overrides, [{ field: 'DEATHDAY' }, { field: 'BIOGRAPHY' }, { field: 'ALSO_KNOWN_AS' }]);
    assert.deepEqual(await read('1', OWN), { ...VALUES, ...input });
    await see(2, detailsOf('1', { ...VALUES, biography: 'TMDb’s.', placeOfBirth: 'Ghent' }));
    assert.deepEqual(await read('1', OWN), { ...VALUES, ...input, placeOfBirth: 'Ghent' });
    const { version } = await read('1');
    const some = { id: '1', version, fields: ['BIOGRAPHY', 'HOMEPAGE'] };
    const released = await write(subject.people, 'releasePersonOverrides', some);
    assert.deepEqual(released.overrides, [{ field: 'DEATHDAY' }, { field: 'ALSO_KNOWN_AS' }]);
    assert.deepEqual(await read('1', 'biography deathday alsoKnownAs'), {
      biography: 'TMDb’s.',
      deathday: null,
      alsoKnownAs: ['Annie'],
    });
    await write(subject.people, 'releasePersonOverrides', { id: '1', version: released.version });
    assert.deepEqual(await read('1', OWN), { ...VALUES, biography: 'TMDb’s.', placeOfBirth: 'Ghent' });
  });

  it('that clients edited are there again when TMDb’s person is', async () => {
    await credited('1');
    await see(1, detailsOf('1', VALUES));
    await write(subject.people, 'updatePerson', { id: '1', version: 2, input: { biography: 'Mine.' } });
    await forgetDetails(subject.pool, ['1'], at(2));
    assert.deepEqual(await read('1', OWN), { ...UNKNOWN, biography: 'Mine.' });
    await observe(subject.pool, [movieOf('10')], at(3));
    assert.deepEqual(await read('1', 'name biography'), { name: 'Person 1', biography: 'Mine.' });
    await see(4, detailsOf('1', VALUES));
    assert.deepEqual(await read('1', OWN), { ...VALUES, biography: 'Mine.' });
  });

  it('that clients edited are gone with the person whom a client deleted', async () => {
    await credited('1');
    await see(1, detailsOf('1', VALUES));
    await write(subject.people, 'updatePerson', { id: '1', version: 2, input: { biography: 'Mine.' } });
    await write(subject.people, 'deletePerson', { id: '1', version: 3 });
    await write(subject.people, 'releasePersonOverrides', { id: '1', version: 4 });
    assert.deepEqual(await read('1', OWN), VALUES);
    assert.deepEqual(await subject.rows('select * from person_edits'), []);
  });

  it('belong to a person whom a client creates, too', async () => {
    const { id } = await write(subject.people, 'createPerson', { input: { name: 'Made', ...VALUES } });
    assert.deepEqual(await read(id, OWN), VALUES);
    await write(subject.people, 'updatePerson', { id, version: 1, input: { biography: null, homepage: null } });
    assert.deepEqual(await read(id, OWN), { ...VALUES, biography: null, homepage: null });
    await write(subject.people, 'deletePerson', { id, version: 2 });
    assert.deepEqual(await subject.rows('select * from person_edits'), []);
    const bare = await write(subject.people, 'createPerson', { input: { name: 'Bare' } });
    assert.deepEqual(await read(bare.id, OWN), UNKNOWN);
  });

  it('are refused with all that is wrong', async () => {
    const input = {
      name: 'A',
      imdbId: 'tt0133093',
      biography: ' ',
      birthday: '0000-01-01',
      placeOfBirth: 'x'.repeat(601),
      homepage: 'anna.example',
      alsoKnownAs: ['Ann', 'Ann'],
    };
    assert.deepEqual(faultsOf(await write(subject.people, 'createPerson', { input })), [
      'input imdbId NO_IMDB_ID',
      'input biography TOO_SHORT',
      'input birthday NO_DATE',
      'input placeOfBirth TOO_LONG',
      'input homepage NO_ADDRESS',
      'input alsoKnownAs 1 REPEATED',
    ]);
    const many = { name: 'A', alsoKnownAs: Array.from({ length: 101 }, (_, index) => `${index}`) };
    assert.deepEqual(faultsOf(await write(subject.people, 'createPerson', { input: many })), [
      'input alsoKnownAs TOO_LONG',
    ]);
  });
});
