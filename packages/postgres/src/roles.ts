import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import pg from 'pg';
import { sqlState } from './availability.ts';
import type { DatabaseUrl } from './database-url.ts';
import type { Queryable } from './queryable.ts';
import { scramVerifier } from './scram-verifier.ts';

const { escapeIdentifier, escapeLiteral } = pg;

/** Creates a login role with the password of its URL, or sets the password of an existing role. */
export async function ensureRole(admin: Queryable, { user, password, address }: DatabaseUrl): Promise<void> {
  const role = escapeIdentifier(user);
  const secret = password === '' ? 'null' : escapeLiteral(scramVerifier(password) ?? password);
  const { rows } = await admin.query<{ superuser: boolean }>(
    'select rolsuper as superuser from pg_roles where rolname = $1',
    [user],
  );
  if (rows[0]?.superuser) {
    throw new MarqueeError(
      'DATABASE_ROLE_TOO_POWERFUL',
      `Role "${user}" of ${address} is a superuser. Name a role of its own in the URL; it is created when it is not there.`,
      { exitCode: EXIT.usage },
    );
  }
  const verb = rows.length === 0 ? 'create' : 'alter';
  try {
    await admin.query(`${verb} role ${role} login password ${secret}`);
  } catch (error) {
    if (sqlState(error) !== '42501') throw error;
    const what = verb === 'create' ? 'create roles' : `manage role "${user}", which somebody else created`;
    throw new MarqueeError('DATABASE_FORBIDDEN', `The administrator's role may not ${what} (database ${address}).`, {
      cause: error,
      exitCode: EXIT.usage,
    });
  }
}

/**
 * Lets the administrator act as a role, as `create schema … authorization` and `set role` require. Since Postgres 16 the creator of a
 * role may administer it, but is not a member that may act as it.
 * https://www.postgresql.org/docs/current/role-attributes.html, "role creation"
 */
export async function actAs(admin: Queryable, user: string): Promise<void> {
  const { rows } = await admin.query<{ able: boolean; version: number }>(
    `select pg_has_role(current_user, $1, case when v.version >= 160000 then 'set' else 'member' end) as able, v.version
       from (select current_setting('server_version_num')::int as version) v`,
    [user],
  );
  const [row] = rows;
  if (!row || row.able) return;
  const withSet = row.version >= 160_000 ? ' with inherit false, set true' : '';
  await admin.query(`grant ${escapeIdentifier(user)} to current_user${withSet}`);
}
