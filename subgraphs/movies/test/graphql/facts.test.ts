import assert from 'node:assert/strict';
import { it } from 'node:test';
import { buildExecutableSchema } from '@marquee/subgraph/executable-schema';
import { type ResolversOf, readingFacts, readingWhole } from '@marquee/subgraph/execution/selected-facts';
import { describeFields } from '@marquee/testing/scenarios/fields';
import type { SelectableMovie } from '../../src/application/movie-selection.ts';
import type { Context } from '../../src/graphql/context.ts';
import { facts, type Objects } from '../../src/graphql/facts.ts';
import { resolvers } from '../../src/graphql/resolvers.ts';
import { EVERY_FACT } from '../../src/infrastructure/movie-columns.ts';

describeFields({
  schemaFile: new URL('../../schema.graphql', import.meta.url),
  resolvers,
  build: (typeDefs, resolvers) =>
    buildExecutableSchema({ typeDefs, resolvers, facts: { ...facts, Movie: EVERY_FACT } }),
});

it('does not compile: a resolver that reads facts of movies which no selection has loaded', () => {
  const movie = readingFacts<SelectableMovie, 'id', Context>();
  // @ts-expect-error `releaseDate` is not named
  movie(['title'], ({ title, releaseDate }) => `${title}, ${releaseDate?.slice(0, 4)}`);
  // @ts-expect-error nor is `runtime`
  movie([], ({ runtime }) => (runtime ?? 0) > 150);
  // @ts-expect-error nor is `budget`
  movie(['revenue'], ({ revenue, budget }) => Number(revenue) - Number(budget?.toFixed()));
  const edge = readingWhole<Objects['MovieEdge'], Context>();
  // @ts-expect-error the node of an edge has its id alone
  edge(({ node }) => node.releaseDate);
  const similar = readingWhole<Objects['SimilarMovie'], Context>();
  // @ts-expect-error nor has a similar movie more
  similar(({ node, score }) => score * node.popularity);
  const nested = readingWhole<Objects['ExternalIds'], Context>();
  // @ts-expect-error nested objects have their own properties alone
  nested(({ imdbId, homepage }) => imdbId ?? homepage);
  const wholeMovie = readingWhole<SelectableMovie, Context>()(({ releaseDate }) => releaseDate);
  // @ts-expect-error movies are not read whole
  assert.ok({ Movie: { year: wholeMovie } } satisfies ResolversOf<Objects>);
  const wrongEdge = readingWhole<{ node: SelectableMovie }, Context>()(({ node }) => node.releaseDate);
  // @ts-expect-error an edge is not what the resolver takes
  assert.ok({ MovieEdge: { year: wrongEdge } } satisfies ResolversOf<Objects>);
});
