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
  const person = readingWhole<Objects['Person'], Context>();
  // @ts-expect-error rows of persons have no birthday
  person(({ name, birthday }) => `${name}, ${birthday}`);
  const edge = readingWhole<Objects['CoStarEdge'], Context>();
  // @ts-expect-error nor are the movies of an edge read
  edge(({ coStar }) => coStar.sharedMovies.length);
  const credit = readingWhole<Objects['CastCredit'], Context>();
  // @ts-expect-error nor is the person of a credit another one
  credit(({ person }) => person.biography);
  const wrong = readingWhole<{ readonly releaseDate: string }, Context>()(({ releaseDate }) => releaseDate.slice(0, 3));
  // @ts-expect-error a movie is known by its id alone
  ({ Movie: { decade: wrong } }) satisfies ResolversOf<Objects>;
});
