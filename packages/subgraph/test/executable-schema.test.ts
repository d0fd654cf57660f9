import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { buildExecutableSchema } from '@marquee/subgraph/executable-schema';
import { describeFields } from '@marquee/testing/scenarios/fields';
import { migratedSubgraphDatabase, type SubgraphDatabase } from '@marquee/testing/subgraph-database';
import { runToEnd } from '@marquee/testing/subgraph-process';
import { migrations } from './fixtures/movies/migrations.ts';

const schemaFile = new URL('fixtures/movies/schema.graphql', import.meta.url);
const main = new URL('fixtures/movies/main.ts', import.meta.url);

describeFields({
  schemaFile,
  resolvers: {
    Query: { movie: () => null, movies: () => ({ totalCount: 0 }) },
    Mutation: { addMovie: () => null },
    Movie: { __resolveReference: () => null },
  },
  build(typeDefs, resolvers) {
    const facts = { Movie: ['id'], MovieConnection: ['totalCount'] };
    return buildExecutableSchema({ typeDefs, resolvers, facts });
  },
});

describe('the process of a subgraph', () => {
  let database: SubgraphDatabase;
  let folder: string;
  before(async () => {
    database = await migratedSubgraphDatabase({ name: 'movies', migrations });
    folder = await mkdtemp(join(tmpdir(), 'schema-'));
  });
  after(async () => {
    await rm(folder, { recursive: true });
    await database.drop();
  });

  it('does not start with fields that would be null, and names all of them', async () => {
    const file = join(folder, 'schema.graphql');
    const more = `extend type Movie { slug: String logline(words: Int): String! }
      extend type MovieConnection { isComplete: Boolean } extend type Query { newest: Movie }`;
    await writeFile(file, `${await readFile(schemaFile, 'utf8')}\n${more}`);
    const { code, stderr } = await runToEnd(main, ['serve'], {
      ...database.env,
      MOVIES_SCHEMA: pathToFileURL(file).href,
    });
    assert.equal(code, 1, stderr);
    for (const field of ['Movie.slug', 'Movie.logline', 'MovieConnection.isComplete', 'Query.newest']) {
      assert.ok(stderr.includes(`${field} has no resolver`), stderr);
    }
  });
});
