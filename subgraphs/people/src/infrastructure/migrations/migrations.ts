import { inboxMigration } from '@marquee/inbox-outbox/tables';
import type { Migration } from '@marquee/postgres/migrate';
import { people } from './0001-people.ts';
import { outbox } from './0002-outbox.ts';
import { reading } from './0003-reading.ts';
import { writing } from './0004-writing.ts';
import { castIds } from './0006-cast-ids.ts';
import { topBilled } from './0007-top-billed.ts';
import { filmographies } from './0008-filmographies.ts';
import { personCount } from './0009-person-count.ts';
import { coStars } from './0010-co-stars.ts';
import { adult } from './0011-adult.ts';
import { uncreditedPersons } from './0012-uncredited-persons.ts';
import { names } from './0013-names.ts';
import { loading } from './0014-loading.ts';

/** Every migration of this subgraph's schema, in the order in which they run. */
export const migrations: readonly Migration[] = [
  inboxMigration,
  people,
  outbox,
  reading,
  writing,
  castIds,
  topBilled,
  filmographies,
  personCount,
  coStars,
  adult,
  uncreditedPersons,
  names,
  loading,
];
