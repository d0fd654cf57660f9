import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { GraphPart } from '../fixtures/graph.ts';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

const place = { row: 'F', number: '7', level: 'stalls' };

/** Two subgraphs have the same four keys of a seat, and each resolves another one. */
const SEATS: Record<string, GraphPart> = {
  hall: {
    schema: `type Seat @key(fields: "id") @key(fields: "serial", resolvable: false)
        @key(fields: "place { row number }", resolvable: false)
        @key(fields: "id place { number level }", resolvable: false) {
        id: ID! serial: ID! place: Place! name: String! }
      type Place { row: ID! number: ID! level: ID! }`,
    resolvers: {
      Seat: {
        __resolveReference: (given) =>
          Object.keys(given).toSorted().join() === '__typename,id' ? { ...given, place, name: 'Anna' } : null,
      },
    },
  },
  bookings: {
    schema: `type Query { booking: Booking } type Booking @key(fields: "id") { id: ID! seats: [Seat!]! }
      type Seat @key(fields: "place { row number }", resolvable: false) @key(fields: "id place { number level }")
        @key(fields: "serial", resolvable: false) @key(fields: "id", resolvable: false) {
        id: ID! serial: ID! place: Place! name: String! @external
        plate: String! @requires(fields: "name") }
      type Place { row: ID! number: ID! level: ID! }`,
    resolvers: {
      Query: { booking: () => ({ id: 'b', seats: [{ id: 's', serial: 'x', place }] }) },
      Seat: {
        __resolveReference: ({ place, ...rest }) => (place?.number && place.level ? { place, ...rest } : null),
        plate: ({ name }) => `in memory of ${name}`,
      },
    },
  },
};

/** A chain of keys from print (barcode) to movie (number) to grading; some prints have no movie. */
const PRINTS: Record<string, GraphPart> = {
  vault: {
    schema: `type Query { cans: [Can!]! } type Can { print: Print } type Print @key(fields: "barcode") { barcode: ID! }`,
    resolvers: {
      Query: { cans: () => [{ print: { barcode: '1' } }, { print: { barcode: 'lost' } }, { print: null }] },
    },
  },
  register: {
    schema: `type Print @key(fields: "barcode") @key(fields: "number") { barcode: ID! number: ID! }`,
    resolvers: {
      Print: { __resolveReference: ({ barcode }) => (barcode === 'lost' ? null : { barcode, number: `n${barcode}` }) },
    },
  },
  laboratory: {
    schema: `type Print @key(fields: "number") { number: ID! grading: Grading } type Grading { by: String }`,
    resolvers: {
      Print: {
        __resolveReference: ({ number }) => ({ number }),
        grading: ({ number }) => ({ by: `hand of ${number}` }),
      },
    },
  },
};

/** Fields that `venue` adds to an address without a resolvable key, reachable through the cinema. */
const CINEMAS: Record<string, GraphPart> = {
  towns: {
    schema: `type Query { cinemas: [Cinema!]! }
      type Cinema @key(fields: "id") @key(fields: "id licence") { id: ID! licence: ID! address: Address @shareable }
      type Address @key(fields: "id") { id: ID! street: String! @shareable }`,
    resolvers: {
      Query: {
        cinemas: () =>
          ['1', '2'].map((id) => ({ id, licence: `l${id}`, address: { id: `a${id}`, street: `${id} High Street` } })),
      },
    },
  },
  venue: {
    schema: `type Cinema @key(fields: "id licence") { id: ID! licence: ID! address: Address @shareable }
      type Address { access: Access } type Access { lifts: Int }`,
    resolvers: {
      Cinema: {
        __resolveReference: (cinema) => cinema,
        address: ({ id, licence }) => ({ access: { lifts: licence === `l${id}` ? Number(id) : null } }),
      },
    },
  },
};

/** A key with fields of list items. */
const PROGRAMMES: Record<string, GraphPart> = {
  season: {
    schema: `type Query { season: Programme! } type Programme @key(fields: "slots { id }") { slots: [Slot!]! }
      type Slot @key(fields: "id") { id: ID! strand: Strand @shareable } type Strand @key(fields: "id") { id: ID! }`,
    resolvers: {
      Query: { season: () => ({ slots: ['1', '2'].map((id) => ({ id })) }) },
      Slot: { __resolveReference: (slot) => slot, strand: ({ id }) => ({ id: `s${id}` }) },
    },
  },
  codes: {
    schema: `type Slot @key(fields: "id") @key(fields: "id code") { id: ID! code: ID! }`,
    resolvers: { Slot: { __resolveReference: ({ id }) => ({ id, code: `c${id}` }) } },
  },
  highlights: {
    schema: `type Programme @key(fields: "slots { id code }") { slots: [Slot!]! best: Slot }
      type Slot @key(fields: "id code") { id: ID! code: ID! }`,
    resolvers: {
      Programme: { __resolveReference: (programme) => programme, best: ({ slots }) => slots.at(-1) },
    },
  },
};

let graph: ServedGraph;
before(async () => {
  graph = await startGraph({ ...SEATS, ...PRINTS, ...CINEMAS, ...PROGRAMMES });
});
after(() => graph?.stop());

test('each subgraph gets a key that it resolves', async () => {
  const answer = await graph.query('{ booking { id seats { id name plate } } }');
  assert.deepEqual(answer, {
    data: { booking: { id: 'b', seats: [{ id: 's', name: 'Anna', plate: 'in memory of Anna' }] } },
  });
});

test('an entity that a subgraph does not find is null without an error', async () => {
  const answer = await graph.query('{ cans { print { barcode grading { by } } } }');
  assert.deepEqual(answer, {
    data: {
      cans: [
        { print: { barcode: '1', grading: { by: 'hand of n1' } } },
        { print: { barcode: 'lost', grading: null } },
        { print: null },
      ],
    },
  });
});

test('fields of an unresolvable type are fetched through its parent entity', async () => {
  const answer = await graph.query('{ cinemas { id address { street access { lifts } } } }');
  assert.deepEqual(answer, {
    data: {
      cinemas: [
        { id: '1', address: { street: '1 High Street', access: { lifts: 1 } } },
        { id: '2', address: { street: '2 High Street', access: { lifts: 2 } } },
      ],
    },
  });
});

test('a key may select list items, and fields that another subgraph adds to them', async () => {
  const answer = await graph.query('{ season { best { id code } slots { code strand { id } } } }');
  assert.deepEqual(answer, {
    data: {
      season: {
        best: { id: '2', code: 'c2' },
        slots: [
          { code: 'c1', strand: { id: 's1' } },
          { code: 'c2', strand: { id: 's2' } },
        ],
      },
    },
  });
});
