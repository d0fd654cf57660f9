import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import pg from 'pg';
import { advisoryLockKey } from './advisory-lock.ts';
import { isTransient, sqlState } from './availability.ts';
import { withConnection } from './connect.ts';
import { type DatabaseUrl, parseDatabaseUrl } from './database-url.ts';
import { grantRuntime } from './privileges.ts';
import type { Queryable } from './queryable.ts';
import { actAs, ensureRole } from './roles.ts';

const { escapeIdentifier } = pg;

export interface ProvisionOptions {
  /** A role that may create roles, and schemas in this database; it need not be a superuser. */
  readonly adminUrl: string;
  /** The role that will own the schema and migrate it. */
  readonly ownerUrl: string;
  /** The role that will read and write rows, and nothing else. */
  readonly runtimeUrl: string;
  readonly schema: string;
  /** Extensions to have in schema `public`, such as `pg_trgm`. */
  readonly extensions?: readonly string[];
}

/** Attempts against a concurrent call for another database of the server: roles are shared, advisory locks are not. */
const MAX_ATTEMPTS = 20;

/**
 * Creates a service's part of a database in one transaction: two login roles with the passwords of their URLs, the schema, the
 * privileges, each role's search path, and extensions. Idempotent, and safe in several processes; updates a changed password. No other
 * role may use the schema, create in `public`, or (where the administrator owns the database) create temporary tables.
 *
 * @throws MarqueeError `DATABASE_UNREACHABLE` (exit code 3); with exit code 2 `DATABASE_AUTH_FAILED`, `DATABASE_MISSING`,
 * `DATABASE_FORBIDDEN`, `DATABASE_URLS_DISAGREE`, `DATABASE_ROLE_TOO_POWERFUL`, `DATABASE_SCHEMA_TAKEN`,
 * `DATABASE_EXTENSION_MISSING`.
 */
export async function provision(options: ProvisionOptions): Promise<void> {
  const owner = parseDatabaseUrl(options.ownerUrl);
  const runtime = parseDatabaseUrl(options.runtimeUrl);
  checkUrls(parseDatabaseUrl(options.adminUrl), owner, runtime);
  await withConnection({ url: options.adminUrl, applicationName: 'marquee-provision' }, async (admin) => {
    for (let attempt = 1; ; attempt++) {
      try {
        await admin.query('begin');
        await provisionIn(admin, options, owner, runtime);
        await admin.query('commit');
        return;
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !isRace(error)) throw error;
        await admin.query('rollback');
        await sleep(Math.random() * 100);
      }
    }
  });
}

function checkUrls(admin: DatabaseUrl, owner: DatabaseUrl, runtime: DatabaseUrl): void {
  const mistake =
    owner.user === '' || runtime.user === ''
      ? 'The URLs of the owner and of the runtime role must each name a user'
      : owner.user === runtime.user
        ? `The owner and the runtime role must differ; both URLs name "${owner.user}"`
        : owner.database !== admin.database || runtime.database !== admin.database
          ? `The URLs name different databases: ${admin.database} (administrator), ${owner.database} (owner), ${runtime.database} (runtime)`
          : undefined;
  if (mistake) throw new MarqueeError('DATABASE_URLS_DISAGREE', `${mistake}.`, { exitCode: EXIT.usage });
}

async function provisionIn(
  admin: Queryable,
  { schema, extensions = [] }: ProvisionOptions,
  owner: DatabaseUrl,
  runtime: DatabaseUrl,
): Promise<void> {
  await admin.query('select pg_advisory_xact_lock($1)', [advisoryLockKey('provision')]);
  // Sorted, so that two calls cannot deadlock.
  for (const role of [owner, runtime].sort((a, b) => (a.user < b.user ? -1 : 1))) await ensureRole(admin, role);
  await actAs(admin, owner.user);
  await ensureSchema(admin, schema, owner);
  const database = escapeIdentifier(owner.database);
  for (const { user } of [owner, runtime]) {
    const role = escapeIdentifier(user);
    await admin.query(`grant connect on database ${database} to ${role}`);
    await admin.query(
      `alter role ${role} in database ${database} set search_path = ${escapeIdentifier(schema)}, public`,
    );
  }
  await closePublic(admin, owner);
  for (const extension of extensions) await ensureExtension(admin, extension, owner.address);
  await admin.query(`set local role ${escapeIdentifier(owner.user)}`);
  await grantRuntime(admin, { schema, runtimeRole: runtime.user });
}

async function ensureSchema(admin: Queryable, schema: string, owner: DatabaseUrl): Promise<void> {
  const { rows } = await admin.query<{ owner: string }>(
    'select pg_get_userbyid(nspowner) as owner from pg_namespace where nspname = $1',
    [schema],
  );
  const [existing] = rows;
  if (!existing) {
    await admin.query(`create schema ${escapeIdentifier(schema)} authorization ${escapeIdentifier(owner.user)}`);
  } else if (existing.owner !== owner.user) {
    throw new MarqueeError(
      'DATABASE_SCHEMA_TAKEN',
      `Schema "${schema}" in ${owner.address} belongs to role "${existing.owner}", not to "${owner.user}".`,
      { exitCode: EXIT.usage },
    );
  }
}

/** Revokes what Postgres grants to PUBLIC: tables in `public` before 15, and temporary tables. */
async function closePublic(admin: Queryable, { database, address }: DatabaseUrl): Promise<void> {
  await admin.query(`revoke temporary on database ${escapeIdentifier(database)} from public`);
  const open = "select has_schema_privilege('public', 'public', 'create') as open";
  if (!(await admin.query<{ open: boolean }>(open)).rows[0]?.open) return;
  await admin.query('revoke create on schema public from public');
  if (!(await admin.query<{ open: boolean }>(open)).rows[0]?.open) return;
  throw new MarqueeError(
    'DATABASE_FORBIDDEN',
    `Anybody may create tables in schema public of ${address}. Let its owner run: revoke create on schema public from public`,
    { exitCode: EXIT.usage },
  );
}

async function ensureExtension(admin: Queryable, extension: string, address: string): Promise<void> {
  try {
    await admin.query(`create extension if not exists ${escapeIdentifier(extension)} schema public`);
  } catch (error) {
    // feature_not_supported, undefined_file: the server has no such extension.
    if (!['0A000', '58P01'].includes(sqlState(error) ?? '')) throw error;
    throw new MarqueeError(
      'DATABASE_EXTENSION_MISSING',
      `The server at ${address} lacks the extension ${extension}; it is part of Postgres' contrib package (${messageOf(error)}).`,
      { cause: error, exitCode: EXIT.usage },
    );
  }
}

/** Returns true when another session changed the same role at the same moment: the catalogue reports an error instead of waiting. */
function isRace(error: unknown): boolean {
  const state = sqlState(error);
  if (state === 'XX000') return messageOf(error).startsWith('tuple concurrently');
  return (
    state === '42710' || state === '23505' || (isTransient(error) && state !== undefined && !/^(57|08|53)/.test(state))
  );
}
