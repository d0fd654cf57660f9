import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { getVariableValues, isInputObjectType, type OperationDefinitionNode, parse, validate } from 'graphql';
import { createSupergraphPlanner } from '../../src/planning/plan-supergraph.ts';

const { apiSchema } = createSupergraphPlanner(
  readFileSync(new URL('../../../supergraph.graphql', import.meta.url), 'utf8'),
);

describe('OneOf input objects', () => {
  it('are those that the subgraphs mark', () => {
    const marked = Object.values(apiSchema.getTypeMap()).filter((type) => isInputObjectType(type) && type.isOneOf);
    const names = ['CreditChange', 'MovieChange', 'PersonChange', 'ReviewChangeInput', 'UpdateCreditInput'];
    assert.deepEqual(marked.map(({ name }) => name).toSorted(), names);
  });

  it('are refused with no field, with two, or with null, as literals and as variables', () => {
    const errorsOf = (text: string, variables: Record<string, unknown> = {}) => {
      const document = parse(text);
      const invalid = validate(apiSchema, document);
      if (invalid.length > 0) return invalid;
      const [operation] = document.definitions as [OperationDefinitionNode];
      return getVariableValues(apiSchema, operation.variableDefinitions ?? [], variables).errors ?? [];
    };
    const deletion = { id: '603', version: 1 };
    for (const change of ['{}', '{ create: { title: "A" }, delete: { id: 1, version: 1 } }', '{ create: null }']) {
      assert.match(
        String(errorsOf(`mutation { changeMovies(changes: [${change}]) { __typename } }`)[0]),
        /OneOf|oneOf|non-null|exactly one/i,
      );
    }
    const typed = 'mutation ($changes: [MovieChange!]!) { changeMovies(changes: $changes) { __typename } }';
    for (const change of [
      {},
      { create: { title: 'A' }, delete: deletion },
      { update: null },
      { create: null, delete: deletion },
    ]) {
      assert.match(String(errorsOf(typed, { changes: [change] })[0]), /[Ee]xactly one|non-null/);
    }
    assert.deepEqual(errorsOf(typed, { changes: [{ delete: deletion }, { create: { title: 'A' } }] }), []);
    assert.deepEqual(
      errorsOf('mutation { changeReviews(changes: [{ delete: { id: 1, version: 1 } }]) { __typename } }'),
      [],
    );
  });
});
