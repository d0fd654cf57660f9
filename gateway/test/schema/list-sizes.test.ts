import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { getNamedType, getNullableType, isCompositeType, isListType, isObjectType, parse } from 'graphql';
import { apiSchemaOf } from '../../schema/api-schema.ts';
import { readCostDirectives } from '../../src/directives/cost.ts';
import { normalizeOperation } from '../../src/operations/normalize-operation.ts';
import { operationCost } from '../../src/operations/operation-cost.ts';

const supergraph = readFileSync(new URL('../../../supergraph.graphql', import.meta.url), 'utf8');
const schema = apiSchemaOf(supergraph);
const directives = readCostDirectives(supergraph);

function costOf(query: string, variables: Record<string, unknown> = {}): number {
  const document = parse(query);
  const [operation] = document.definitions;
  assert.ok(operation?.kind === 'OperationDefinition');
  return operationCost(schema, normalizeOperation(schema, document, operation), variables, directives);
}

describe('sizes of lists', () => {
  it('are declared for every list of objects that is not a page', () => {
    const untold = Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
      .flatMap((type) => {
        const fields = isObjectType(type) ? type.getFields() : {};
        return Object.values(fields)
          .filter((field) => isListType(getNullableType(field.type)) && isCompositeType(getNamedType(field.type)))
          .filter((field) => !(field.name === 'edges' && fields.pageInfo !== undefined))
          .map((field) => `${type.name}.${field.name}`);
      })
      .filter((coordinate) => !directives.listSizes.has(coordinate));
    assert.deepEqual(untold, []);
  });

  it('count as many objects as a request may name ids', () => {
    assert.equal(costOf('query ($ids: [ID!]!) { moviesByIds(ids: $ids) { title } }', { ids: ['1'] }), 100);
    assert.equal(costOf('{ peopleByIds(ids: []) { name } }'), 100);
    assert.equal(costOf('{ moviesByIds(ids: []) { genres { name } } }'), 500);
    assert.equal(costOf('{ movie(id: 1) { similar(first: 50) { node { id } } } }'), 201);
    assert.equal(costOf('{ movie(id: 1) { similar { node { id } } } }'), 41);
  });

  it("cost as much as the database's work: a search costs 100 lookups", () => {
    const lookup = costOf('{ movie(id: 1) { title } }');
    const page = costOf('{ movies { edges { node { title } } } }');
    for (const search of [
      'searchMovies(query: "x") { edges { node { title } } }',
      'searchPeople(query: "x") { edges { node { name } } }',
    ]) {
      assert.ok(costOf(`{ ${search} }`) >= page + 95 * lookup, search);
    }
    assert.ok(costOf('{ movies(filter: { video: true }) { edges { node { title } } } }') >= page + 20 * lookup);
    for (const list of ['movies', 'people', 'topRated', 'mostVoted', 'trending']) {
      assert.equal(
        costOf(`{ ${list} { totalCount } }`) - costOf(`{ ${list} { pageInfo { hasNextPage } } }`) > 20,
        true,
        list,
      );
    }
    // A page has one total.
    assert.equal(costOf('{ movies(first: 100) { totalCount } }'), costOf('{ movies(first: 1) { totalCount } }'));
    assert.equal(costOf('{ movies(first: 3) { edges { node { title } } } }'), 8);
  });
});
