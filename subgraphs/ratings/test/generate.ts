import { createPool } from '@marquee/postgres/pool';
import { generateRatings } from './fixtures/many-ratings.ts';

/** Fills the migrated, empty schema at DATABASE_ADMIN_URL (a superuser): `npm run generate -w subgraphs/ratings -- 1000000`. */
const movies = Number(process.argv[2] ?? 1_000_000);
const url = process.env.DATABASE_ADMIN_URL;
if (!Number.isSafeInteger(movies) || movies < 1 || !url) {
  process.stderr.write(
    'Set DATABASE_ADMIN_URL to a superuser of a migrated, empty database, and pass how many movies to make: there are about as many reviews.\n',
  );
  process.exit(2);
}
const options = { url, schema: 'ratings', applicationName: 'ratings-generate', max: 1, statementTimeoutMs: 3_600_000 };
const pool = createPool(options);
await generateRatings(pool, { movies, reviews: movies }, new Date());
await pool.end();
