import { createLogger } from '@marquee/runtime/logger';
import { migrate } from '../src/migrate.ts';
import { slowMigrations } from './slow-migrations.ts';

/** A process that migrates; the tests run several at once, and kill one half way. */
const [ownerUrl = '', schema = '', seconds = '0'] = process.argv.slice(2);
const applied = await migrate({
  ownerUrl,
  schema,
  migrations: slowMigrations(Number(seconds)),
  logger: createLogger('migrating', 'info'),
});
process.stdout.write(JSON.stringify(applied));
