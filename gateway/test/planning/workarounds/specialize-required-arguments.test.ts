import assert from 'node:assert/strict';
import { test } from 'node:test';
import { executeWithApolloGateway } from '../../fixtures/apollo-gateway.ts';
import { type GraphPart, graphOf } from '../../fixtures/graph.ts';

const TICKETS: Record<string, GraphPart> = {
  stock: {
    schema: `type Query { ticket: Ticket }
      type Ticket @key(fields: "id") { id: ID! price(in: String!): Int }`,
    resolvers: {
      Query: { ticket: () => ({ id: 'a' }) },
      Ticket: { __resolveReference: (ticket) => ticket, price: (_, args) => (args.in === 'EUR' ? 9 : 10) },
    },
  },
  state: {
    schema: `type Ticket @key(fields: "id") {
        id: ID! price(in: String!): Int @external
        tax: Int @requires(fields: "price(in: \\"EUR\\")") duty: Int @requires(fields: "price(in: \\"USD\\")") }`,
    resolvers: {
      Ticket: {
        __resolveReference: (ticket) => ticket,
        tax: ({ price }) => price * 2,
        duty: ({ price }) => price * 3,
      },
    },
  },
};

const CASES = [
  {
    conflict: "a client's field with other arguments",
    query: '{ ticket { price(in: "USD") tax } }',
    wrong: { ticket: { price: 10, tax: 20 } },
    right: { ticket: { price: 10, tax: 18 } },
  },
  {
    conflict: 'another @requires with other arguments',
    query: '{ ticket { tax duty } }',
    wrong: { ticket: { tax: 20, duty: 30 } },
    right: { ticket: { tax: 18, duty: 30 } },
  },
];

for (const { conflict, query, wrong, right } of CASES) {
  test(`Apollo Gateway sends the wrong value of a required field because of ${conflict}`, async (t) => {
    assert.deepEqual((await executeWithApolloGateway(t, TICKETS, query)).data, wrong);
  });

  test(`the gateway sends the right value of a required field despite ${conflict}`, async () => {
    assert.deepEqual((await graphOf(TICKETS).execute(query)).data, right);
  });
}
