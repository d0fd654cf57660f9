import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { dataOf, type RunningSubgraph } from '@marquee/testing/subgraph-process';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { mediaOf, observeMedia, POSTER, TRAILER, translationOf } from '../fixtures/media.ts';
import { MOVIES, movieOf } from '../fixtures/movies.ts';
import { startSubgraph } from '../fixtures/subgraph.ts';

const NETFLIX = { id: 8, name: 'Netflix', logoPath: '/netflix.jpg' };
const PLUTO = { id: 300, name: 'Pluto TV', logoPath: null };

const MATRIX_MEDIA = mediaOf('603', {
  images: [
    POSTER,
    { ...POSTER, path: '/textless.jpg', language: null },
    { ...POSTER, path: '/fr.jpg', language: 'fr' },
    { ...POSTER, kind: 'BACKDROP', path: '/back.jpg', language: null, aspectRatio: 1.778, width: 3840, height: 2160 },
    { ...POSTER, kind: 'LOGO', path: '/logo.svg', voteAverage: null, voteCount: 0, width: null, height: null },
  ],
  videos: [
    TRAILER,
    { ...TRAILER, id: 'v2', key: '123 4', site: 'Vimeo', type: 'Clip', language: 'fr', official: null },
    { ...TRAILER, id: 'v3', site: 'Elsewhere', name: null, publishedAt: null },
  ],
  translations: [
    translationOf('fr-FR', { title: 'Matrix', overview: 'Un programmeur.' }),
    translationOf('fr-CA', { title: 'La Matrice' }),
    translationOf('en-US', { tagline: 'Welcome to the Real World.' }),
  ],
  alternativeTitles: [
    { country: 'CN', title: '黑客帝国', type: null },
    { country: 'US', title: 'The Matrix 1', type: 'DVD title' },
  ],
  watchProviders: [NETFLIX, PLUTO],
  watchOptions: [
    {
      country: 'FR',
      link: 'https://www.themoviedb.org/movie/603/watch?locale=FR',
      offers: [
        { kind: 'FLATRATE', providerId: 8, displayPriority: 0 },
        { kind: 'ADS', providerId: 300, displayPriority: 7 },
      ],
    },
    { country: 'US', link: null, offers: [{ kind: 'RENT', providerId: 8, displayPriority: 2 }] },
  ],
  recommendedIds: ['604', '99', '19995', '700', '194'],
});

describe('media of a movie', () => {
  let database: MoviesDatabase;
  let movies: RunningSubgraph;
  before(async () => {
    database = await moviesDatabase();
    movies = await startSubgraph(['serve'], { ...database.env, TMDB_IMAGE_BASE_URL: 'http://images.example/t/p' });
    await observe(database.pool, [...MOVIES, movieOf('700', { adult: true })]);
    await observeMedia(database.pool, [MATRIX_MEDIA]);
  });
  after(async () => {
    assert.equal(await movies.stop(), 0);
    await database.drop();
  });

  const read = async (fields: string, id = '603') =>
    dataOf(await movies.ask(`query ($id: ID!) { movie(id: $id) { ${fields} } }`, { id })).movie;
  const nodesOf = ({ edges }: { edges: { node: unknown }[] }) => edges.map(({ node }) => node);
  const messageOf = async (fields: string) => {
    const { errors } = await movies.ask(`{ movie(id: "603") { ${fields} } }`);
    return [errors?.[0]?.extensions?.code, errors?.[0]?.message];
  };

  it('images have addresses in the widths of their kind, and pages', async () => {
    const { images } = await read(
      `images(first: 2) { totalCount pageInfo { hasNextPage endCursor } edges { node { kind path url(size: W300)
        language country width height aspectRatio voteAverage voteCount } } }`,
    );
    assert.deepEqual([images.totalCount, images.pageInfo.hasNextPage], [5, true]);
    assert.deepEqual(images.edges[0].node, {
      ...{ kind: 'POSTER', path: '/poster.jpg', url: 'http://images.example/t/p/w342/poster.jpg', language: 'en' },
      ...{ country: 'US', width: 2000, height: 3000, aspectRatio: 0.667, voteAverage: 5.312, voteCount: 4 },
    });
    const rest = await read(`images(first: 10, after: "${images.pageInfo.endCursor}") { edges { node { url } } }`);
    assert.deepEqual(nodesOf(rest.images), [
      { url: 'http://images.example/t/p/original/fr.jpg' },
      { url: 'http://images.example/t/p/original/back.jpg' },
      { url: 'http://images.example/t/p/original/logo.svg' },
    ]);
    const { images: last } = await read('images(last: 2) { edges { node { path } } pageInfo { hasPreviousPage } }');
    assert.deepEqual(nodesOf(last), [{ path: '/back.jpg' }, { path: '/logo.svg' }]);
    assert.equal(last.pageInfo.hasPreviousPage, true);
  });

  it('images are filtered by kind and language, of which null is no text', async () => {
    const paths = async (args: string) => {
      const { images } = await read(`images(${args}) { totalCount edges { node { path } } }`);
      assert.equal(images.totalCount, images.edges.length);
      return images.edges.map(({ node }: { node: { path: string } }) => node.path);
    };
    assert.deepEqual(await paths('kinds: [BACKDROP, LOGO]'), ['/back.jpg', '/logo.svg']);
    assert.deepEqual(await paths('kinds: [POSTER], languages: ["fr", null]'), ['/textless.jpg', '/fr.jpg']);
    assert.deepEqual(await paths('languages: ["fr"]'), ['/fr.jpg']);
    assert.deepEqual(await paths('languages: [null]'), ['/textless.jpg', '/back.jpg']);
    assert.deepEqual(await paths('languages: []'), []);
  });

  it('videos have addresses on the sites that are known', async () => {
    const { videos } = await read(
      'videos { totalCount edges { node { tmdbId site key url type name language country official size publishedAt } } }',
    );
    assert.equal(videos.totalCount, 3);
    assert.deepEqual(videos.edges[0].node, {
      ...{ tmdbId: TRAILER.id, site: 'YouTube', key: 'vKQi3bBA1y8', type: 'Trailer', name: 'Trailer' },
      ...{ url: 'https://www.youtube.com/watch?v=vKQi3bBA1y8', language: 'en', country: 'US', official: true },
      ...{ size: 1080, publishedAt: '2013-09-17T21:52:36.000Z' },
    });
    const urls = videos.edges.map(({ node }: { node: { url: string | null } }) => node.url);
    assert.deepEqual(urls.slice(1), ['https://vimeo.com/123%204', null]);
    const keys = async (args: string) => nodesOf((await read(`videos(${args}) { edges { node { tmdbId } } }`)).videos);
    assert.deepEqual(await keys('types: ["Clip"]'), [{ tmdbId: 'v2' }]);
    assert.deepEqual(await keys('official: false'), [{ tmdbId: 'v2' }]);
    assert.deepEqual(await keys('official: true, languages: ["en"]'), [{ tmdbId: TRAILER.id }, { tmdbId: 'v3' }]);
  });

  it('translations have the names of their languages', async () => {
    const { translations } = await read(
      'translations(languages: ["en"]) { totalCount edges { node { language country languageName languageEnglishName title tagline runtime } } }',
    );
    assert.deepEqual(translations, {
      totalCount: 1,
      edges: [
        {
          node: {
            ...{ language: 'en', country: 'US', languageName: 'en in itself', languageEnglishName: 'en in English' },
            ...{ title: null, tagline: 'Welcome to the Real World.', runtime: null },
          },
        },
      ],
    });
  });

  it('localized texts fall back field by field', async () => {
    const texts = 'title { text language } overview { text language } tagline { text language } homepage { text }';
    const { localized } = await read(`localized(languages: ["fr-CA", "fr", "en"]) { ${texts} }`);
    assert.deepEqual(localized, {
      title: { text: 'La Matrice', language: 'fr-CA' },
      overview: { text: 'Un programmeur.', language: 'fr-FR' },
      tagline: { text: 'Welcome to the Real World.', language: 'en-US' },
      homepage: { text: 'http://www.warnerbros.com/matrix' },
    });
    const none = await read(`localized(languages: []) { ${texts} }`, '1000001');
    assert.deepEqual(none.localized.title, { text: 'Nothing Known', language: null });
    assert.deepEqual(await messageOf('localized(languages: ["fr", "french"]) { title { text } }'), [
      'BAD_USER_INPUT',
      '`languages[1]` is no language tag: write an ISO 639 language or a language and a country, such as fr or fr-CA.',
    ]);
    const many = JSON.stringify(Array(21).fill('fr'));
    assert.match((await messageOf(`localized(languages: ${many}) { title { text } }`))[1] ?? '', /at most 20/);
  });

  it('alternative titles are filtered by country', async () => {
    const { alternativeTitles } = await read(
      'alternativeTitles(countries: ["US", "DE"]) { totalCount edges { node { country title type } } }',
    );
    assert.equal(alternativeTitles.totalCount, 1);
    assert.deepEqual(nodesOf(alternativeTitles), [{ country: 'US', title: 'The Matrix 1', type: 'DVD title' }]);
  });

  it('watch providers are listed by country, with their offers', async () => {
    const fields = 'country link offers(kinds: [FLATRATE, RENT]) { kind displayPriority provider { tmdbId name } }';
    const { watchProviders } = await read(`watchProviders { totalCount edges { node { ${fields} } } }`);
    assert.equal(watchProviders.totalCount, 2);
    const provider = { tmdbId: 8, name: 'Netflix' };
    assert.deepEqual(nodesOf(watchProviders), [
      {
        country: 'FR',
        link: 'https://www.themoviedb.org/movie/603/watch?locale=FR',
        offers: [{ kind: 'FLATRATE', displayPriority: 0, provider }],
      },
      { country: 'US', link: null, offers: [{ kind: 'RENT', displayPriority: 2, provider }] },
    ]);
    const { watchProviders: french } = await read(
      'watchProviders(countries: ["FR"]) { edges { node { offers { provider { logoUrl } } } } }',
    );
    assert.deepEqual(nodesOf(french), [
      {
        offers: [
          { provider: { logoUrl: 'http://images.example/t/p/w92/netflix.jpg' } },
          { provider: { logoUrl: null } },
        ],
      },
    ]);
  });

  it('recommendations are those that the graph has, pornographic ones on request alone', async () => {
    const { recommendations } = await read(
      'recommendations(first: 2) { totalCount countUpTo pageInfo { hasNextPage endCursor } edges { node { id title } } }',
    );
    const { pageInfo, ...first } = recommendations;
    assert.deepEqual(first, {
      totalCount: 3,
      countUpTo: 3,
      edges: [{ node: { id: '604', title: 'The Matrix Reloaded' } }, { node: { id: '19995', title: 'Avatar' } }],
    });
    const rest = await read(
      `recommendations(after: "${pageInfo.endCursor}", includeAdult: true) { totalCount edges { node { id } } }`,
    );
    assert.deepEqual(rest.recommendations, {
      totalCount: 4,
      edges: [{ node: { id: '700' } }, { node: { id: '194' } }],
    });
  });

  it('a movie without media has empty lists, in as many statements as one with it', async () => {
    const empty = `images { totalCount edges { node { path } } } videos { edges { node { key } } }
      translations { edges { node { title } } } alternativeTitles { edges { node { title } } }
      watchProviders { edges { node { country } } } recommendations { totalCount edges { node { id } } }`;
    const { images, recommendations, ...lists } = await read(empty, '194');
    assert.deepEqual([images, recommendations], [Array(2).fill({ totalCount: 0, edges: [] })].flat());
    for (const list of Object.values(lists)) assert.deepEqual(list, { edges: [] });
    const count = async (ids: readonly string[]) => {
      const answer = await movies.ask(
        `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Movie { ${empty} localized(languages: ["fr"]) { title { text } } } } }`,
        { of: ids.map((id) => ({ __typename: 'Movie', id })) },
      );
      assert.equal(dataOf(answer)._entities.length, ids.length);
      return answer.statements;
    };
    assert.equal(await count(['194']), await count(MOVIES.map(({ movieId }) => movieId)));
  });

  it('refuses too many values, a foreign cursor and a page that is too large', async () => {
    const many = JSON.stringify(Array(101).fill('US'));
    assert.deepEqual(await messageOf(`alternativeTitles(countries: ${many}) { totalCount }`), [
      'BAD_USER_INPUT',
      '`countries` must have at most 100 values.',
    ]);
    assert.match((await messageOf('images(first: 101) { totalCount }'))[1] ?? '', /at most 100/);
    const { videos } = await read('videos { pageInfo { endCursor } }');
    const foreign = await messageOf(`images(after: "${videos.pageInfo.endCursor}") { totalCount }`);
    assert.match(foreign[1] ?? '', /comes from another ordering or list/);
  });
});
