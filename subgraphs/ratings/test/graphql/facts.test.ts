import { it } from 'node:test';
import { buildExecutableSchema } from '@marquee/subgraph/executable-schema';
import { type ResolversOf, readingWhole } from '@marquee/subgraph/execution/selected-facts';
import { describeFields } from '@marquee/testing/scenarios/fields';
import type { Context } from '../../src/graphql/context.ts';
import { facts, type Objects } from '../../src/graphql/facts.ts';
import { resolvers } from '../../src/graphql/resolvers.ts';

describeFields({
  schemaFile: new URL('../../schema.graphql', import.meta.url),
  resolvers,
  build: (typeDefs, resolvers) => buildExecutableSchema({ typeDefs, resolvers, facts }),
});

it('does not compile: a resolver that reads what the rows of its type do not have', () => {
  const rating = readingWhole<Objects['Rating'], Context>();
  // @ts-expect-error rows of ratings have no median
  rating(({ voteCount, median }) => voteCount * median);
  const edge = readingWhole<Objects['TopRatedEdge'], Context>();
  // @ts-expect-error the movie of an edge is known by its id alone
  edge(({ node, score }) => `${node.title}: ${score}`);
  const review = readingWhole<Objects['Review'], Context>();
  // @ts-expect-error nor has a review a language
  review(({ content, language }) => `${language}: ${content}`);
  const wrong = readingWhole<{ readonly title: string }, Context>()(({ title }) => title.toUpperCase());
  // @ts-expect-error nor is a user's rating a movie
  ({ UserRating: { heading: wrong } }) satisfies ResolversOf<Objects>;
});
