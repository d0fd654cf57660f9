import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type MovieOrderField, orderingOf, SEARCH_ORDERING } from '../../src/domain/movie-order.ts';

it('gives each ordering a name of its own, so that no cursor passes for one of another', () => {
  const fields: MovieOrderField[] = ['POPULARITY', 'RELEASE_DATE', 'TITLE', 'REVENUE', 'BUDGET', 'RUNTIME'];
  const names = fields.flatMap((field) =>
    (['ASC', 'DESC'] as const).map((direction) => orderingOf({ field, direction }).name),
  );
  assert.equal(new Set([...names, SEARCH_ORDERING.name]).size, 13);
});
