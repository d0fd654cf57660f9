import { createPool } from '@marquee/postgres/pool';
import { generateMovies } from './fixtures/many-movies.ts';

/** Fills the migrated, empty schema at DATABASE_ADMIN_URL (a superuser): `npm run generate -w subgraphs/movies -- 1000000`. */
const movies = Number(process.argv[2] ?? 1_000_000);
const url = process.env.DATABASE_ADMIN_URL;
if (!Number.isSafeInteger(movies) || movies < 1 || !url) {
  process.stderr.write(
    'Set DATABASE_ADMIN_URL to a superuser of a migrated, empty database, and pass how many movies to make.\n',
  );
  process.exit(2);
}
// One connection, since what it sets is for the session.
const pool = createPool({
  url,
  schema: 'movies',
  applicationName: 'movies-generate',
  max: 1,
  statementTimeoutMs: 3_600_000,
});
await generateMovies(pool, { movies });
await pool.end();
