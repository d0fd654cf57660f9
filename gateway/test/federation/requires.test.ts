import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { GraphPart } from '../fixtures/graph.ts';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

/** `juries` requires a field of `academy`, which requires a field of `juries`. */
const AWARDS: Record<string, GraphPart> = {
  juries: {
    schema: `type Query { awards: [Award] }
      type Award @key(fields: "id") { id: ID! isOld: Boolean! @external isNew: Boolean! @requires(fields: "isOld") }
      type Founder @key(fields: "id") { id: ID! since: Int! }`,
    resolvers: {
      Query: { awards: () => [{ id: 'a' }, { id: 'b' }] },
      Award: { __resolveReference: (award) => award, isNew: ({ isOld }) => !isOld },
      Founder: { __resolveReference: ({ id }) => ({ id, since: id === 'f-a' ? 1927 : 2020 }) },
    },
  },
  academy: {
    schema: `type Award @key(fields: "id") {
        id: ID! founder: Founder! isOld: Boolean! @requires(fields: "founder { since }") }
      type Founder @key(fields: "id") { id: ID! since: Int! @external }`,
    resolvers: {
      Award: {
        __resolveReference: (award) => award,
        founder: ({ id }) => ({ id: `f-${id}` }),
        isOld: ({ founder }) => founder.since < 1950,
      },
    },
  },
};

/** A chain of requirements from poster to tagline to title, and a tagline that two fields require. */
const POSTERS: Record<string, GraphPart> = {
  titles: {
    schema: `type Query { movie: Movie } type Movie @key(fields: "id") { id: ID! title: String! }`,
    resolvers: {
      Query: { movie: () => ({ id: '1', title: 'Playtime' }) },
      Movie: { __resolveReference: ({ id }) => ({ id, title: 'Playtime' }) },
    },
  },
  taglines: {
    schema: `type Movie @key(fields: "id") { id: ID! title: String! @external
        tagline: String! @requires(fields: "title") shout: String! @requires(fields: "title") }`,
    resolvers: {
      Movie: {
        __resolveReference: (movie) => movie,
        tagline: ({ title }) => `See ${title}`,
        shout: ({ title }) => title.toUpperCase(),
      },
    },
  },
  posters: {
    schema: `type Movie @key(fields: "id") { id: ID! tagline: String! @external poster: String! @requires(fields: "tagline") }`,
    resolvers: { Movie: { __resolveReference: (movie) => movie, poster: ({ tagline }) => `[${tagline}]` } },
  },
};

/** A requirement with type conditions. */
const BOOKINGS: Record<string, GraphPart> = {
  venues: {
    schema: `type Query { shows: [Show!]! } type Show @key(fields: "id") { id: ID! venue: Venue }
      interface Venue { id: ID! } type Hall implements Venue @key(fields: "id") { id: ID! seats: Int! }
      type Field implements Venue @key(fields: "id") { id: ID! area: Int! }`,
    resolvers: {
      Query: { shows: () => ['hall', 'field', 'none'].map((id) => ({ id })) },
      Show: {
        __resolveReference: (show) => show,
        venue: ({ id }) =>
          id === 'none'
            ? null
            : id === 'hall'
              ? { __typename: 'Hall', id, seats: 90 }
              : { __typename: 'Field', id, area: 400 },
      },
      Hall: { __resolveReference: ({ id }) => ({ id, seats: 90 }) },
      Field: { __resolveReference: ({ id }) => ({ id, area: 400 }) },
      Venue: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
    },
  },
  crowds: {
    schema: `type Show @key(fields: "id") { id: ID! venue: Venue @external
        crowd: Int @requires(fields: "venue { __typename ... on Hall { seats } ... on Field { area } }") }
      interface Venue { id: ID! } type Hall implements Venue @key(fields: "id") { id: ID! seats: Int! @external }
      type Field implements Venue @key(fields: "id") { id: ID! area: Int! @external }`,
    resolvers: {
      Show: {
        __resolveReference: (show) => show,
        crowd: ({ venue }) => (venue === null ? null : venue.__typename === 'Hall' ? venue.seats : venue.area / 2),
      },
      Venue: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
    },
  },
};

let graph: ServedGraph;
before(async () => {
  graph = await startGraph({ ...AWARDS, ...POSTERS, ...BOOKINGS });
});
after(() => graph?.stop());

test('two subgraphs may require fields of each other', async () => {
  assert.deepEqual(await graph.query('{ awards { isOld } }'), {
    data: { awards: [{ isOld: true }, { isOld: false }] },
  });
  assert.deepEqual(await graph.query('{ awards { isNew } }'), {
    data: { awards: [{ isNew: false }, { isNew: true }] },
  });
});

test('a required field may have a requirement of its own', async () => {
  assert.deepEqual(await graph.query('{ movie { poster } }'), { data: { movie: { poster: '[See Playtime]' } } });
});

test('a field that several fields require is fetched once', async () => {
  const first = graph.requests.length;
  const { data } = await graph.query('{ movie { shout poster tagline } }');
  assert.deepEqual(data, { movie: { shout: 'PLAYTIME', poster: '[See Playtime]', tagline: 'See Playtime' } });
  assert.deepEqual(
    graph.requests.slice(first).map(({ subgraph }) => subgraph),
    ['titles', 'taglines', 'posters'],
  );
});

test('a requirement may have type conditions; an absent value is sent as null', async () => {
  const shows = [{ crowd: 90 }, { crowd: 200 }, { crowd: null }];
  assert.deepEqual(await graph.query('{ shows { crowd } }'), { data: { shows } });
});

test("required fields do not appear in the client's object", async () => {
  const { data } = await graph.query('{ shows { crowd venue { ... on Field { seats: area } } } }');
  assert.deepEqual(data, {
    shows: [
      { crowd: 90, venue: {} },
      { crowd: 200, venue: { seats: 400 } },
      { crowd: null, venue: null },
    ],
  });
});
