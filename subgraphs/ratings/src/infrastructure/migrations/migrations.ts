import { inboxMigration } from '@marquee/inbox-outbox/tables';
import type { Migration } from '@marquee/postgres/migrate';
import { ratings } from './0001-ratings.ts';
import { outbox } from './0002-outbox.ts';
import { reading } from './0003-reading.ts';
import { writing } from './0004-writing.ts';
import { adult } from './0005-adult.ts';

/** Every migration of this subgraph's schema, in the order in which they run. */
export const migrations: readonly Migration[] = [inboxMigration, ratings, outbox, reading, writing, adult];
