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
import { migrations } from './fixtures/films/migrations.ts';

const schemaFile = new URL('fixtures/films/schema.graphql', import.meta.url);
const main = new URL('fixtures/films/main.ts', import.meta.url);

describeFields({
  schemaFile,
  resolvers: {
    Query: { film: () => null, films: () => ({ totalCount: 0 }) },
    Mutation: { addFilm: () => null },
    Film: { __resolveReference: () => null },
  },
  build(typeDefs, resolvers) {
    const facts = { Film: ['id'], FilmConnection: ['totalCount'] };
    return buildExecutableSchema({ typeDefs, resolvers, facts });
  },
});

describe('the process of a subgraph', () => {
  let database: SubgraphDatabase;
  let folder: string;
  before(async () => {
    database = await migratedSubgraphDatabase({ name: 'films', migrations });
    folder = await mkdtemp(join(tmpdir(), 'schema-'));
  });
  after(async () => {
    await rm(folder, { recursive: true });
    await database.drop();
  });

  it('does not start with fields that would be null, and names all of them', async () => {
    const file = join(folder, 'schema.graphql');
    const more = `extend type Film { slug: String logline(words: Int): String! }
      extend type FilmConnection { isComplete: Boolean } extend type Query { newest: Film }`;
    await writeFile(file, `${await readFile(schemaFile, 'utf8')}\n${more}`);
    const { code, stderr } = await runToEnd(main, ['serve'], {
      ...database.env,
      FILMS_SCHEMA: pathToFileURL(file).href,
    });
    assert.equal(code, 1, stderr);
    for (const field of ['Film.slug', 'Film.logline', 'FilmConnection.isComplete', 'Query.newest']) {
      assert.ok(stderr.includes(`${field} has no resolver`), stderr);
    }
  });
});
