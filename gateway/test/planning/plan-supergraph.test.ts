import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeServices } from '@apollo/composition';
import { errorCauses } from '@apollo/federation-internals';
import { parse, printSchema } from 'graphql';
import { createSupergraphPlanner } from '../../src/planning/plan-supergraph.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@authenticated", "@requiresScopes", "@policy",
  "@cost", "@listSize", "@cacheTag", "@context", "@fromContext"])`;

function supergraphOf(schema: string): string {
  const { supergraphSdl, errors } = composeServices([
    { name: 'films', url: 'http://films.invalid', typeDefs: parse(`${LINK} ${schema}`) },
  ]);
  if (supergraphSdl === undefined) throw new AggregateError(errors ?? []);
  return supergraphSdl;
}

const sdl = supergraphOf(`
  type Query { film: Film @cacheTag(format: "film") films(first: Int): [Film] @listSize(slicingArguments: ["first"]) }
  type Film @key(fields: "id") @context(name: "film") @cost(weight: 2) {
    id: ID! title: String @authenticated budget: Int @requiresScopes(scopes: [["money"]]) plot: String @policy(policies: [["adult"]])
    scenes: [Scene!]! }
  type Scene @key(fields: "id") { id: ID! words(of: ID @fromContext(field: "$film { id }")): String }`);

test('directives that Apollo Gateway rejects are supported, and the API schema has none of them', () => {
  for (const feature of ['authenticated', 'requiresScopes', 'policy', 'cost', 'cacheTag', 'context']) {
    assert.match(sdl, new RegExp(`specs.apollo.dev/${feature}/v0.1`));
  }
  const { apiSchema, accessRules } = createSupergraphPlanner(sdl);
  const seen = printSchema(apiSchema).replace(/^directive @defer\(.*$/m, '');
  assert.doesNotMatch(seen, /@|directive|Policy|Scope\b/);
  assert.deepEqual([...accessRules.keys()].toSorted(), ['Film.budget', 'Film.plot', 'Film.title']);
});

test('an unsupported feature is rejected by name', () => {
  for (const [feature, purpose] of [
    ['https://specs.apollo.dev/connect/v0.2', 'EXECUTION'],
    ['https://specs.apollo.dev/policy/v0.9', 'SECURITY'],
    ['https://example.org/masking/v1.0', 'SECURITY'],
  ]) {
    const before = sdl.replace('@link(url: "https://specs.apollo.dev/policy/v0.1", for: SECURITY)', '');
    const more = before.replace('schema\n', `schema\n  @link(url: "${feature}", for: ${purpose})\n`);
    assert.throws(
      () => createSupergraphPlanner(more),
      (error: Error) => {
        const [cause] = errorCauses(error) ?? [];
        assert.equal(cause?.message, `feature ${feature} is for: ${purpose} but is unsupported`);
        return true;
      },
    );
  }
});
