import { escapeIdentifier, type PoolClient } from 'pg';
import { cpuOfPostgres } from '../loading/cpu-time.ts';
import type { PipelineWorld } from './pipeline-world.ts';

/** Rows that were written, and the cost. */
export interface ReferenceMeasured {
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** User and system time of the server. */
  readonly postgresMsPerRow: number;
}

interface Table {
  readonly name: string;
  /** Columns that are not generated, with their types. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly key: readonly string[];
}

/** Copies the rows of all tables into the same tables, which are emptied before, in one transaction. */
export async function measureCopy(world: PipelineWorld): Promise<ReferenceMeasured> {
  const { admin } = world;
  const tables = await tablesOf(world);
  const { rows: settings } = await admin.query<{ folder: string }>(
    `select current_setting('data_directory') as folder`,
  );
  const list = ({ columns }: Table) => columns.map(({ name }) => escapeIdentifier(name)).join(', ');
  const file = ({ name }: Table) => `'${settings[0]?.folder}/bench-${name}.copy'`;
  for (const table of tables) {
    await admin.query(`copy (select ${list(table)} from ${table.name}) to ${file(table)}`);
  }
  await truncate(world);
  const measured = await timed(world, async (client) => {
    let rows = 0;
    await client.query('begin');
    for (const table of tables) {
      const { rowCount } = await client.query(`copy ${table.name} (${list(table)}) from ${file(table)}`);
      rows += rowCount ?? 0;
    }
    await client.query('commit');
    return rows;
  });
  for (const table of tables) await admin.query(`copy (select) to ${file(table)}`); // leaves an empty file
  return measured;
}

/** Upserts the rows of some movies into emptied tables: a prepared statement, and so a transaction, for each row. */
export async function measureRowAtATime(world: PipelineWorld, ids: readonly string[]): Promise<ReferenceMeasured> {
  const { admin } = world;
  const upserts: { readonly name: string; readonly text: string; readonly rows: readonly unknown[][] }[] = [];
  for (const table of await tablesOf(world)) {
    const columns = table.columns.map(({ name }) => escapeIdentifier(name));
    const { rows } = await admin.query<unknown[]>({
      text: `select ${columns.map((column) => `${column}::text`).join(', ')} from ${table.name} where ${world.tables[table.name]}`,
      values: [ids],
      rowMode: 'array',
    });
    upserts.push({ name: `upsert_${table.name}`, text: upsertOf(table, columns), rows });
  }
  await truncate(world);
  return timed(world, async (client) => {
    for (const { rows, ...statement } of upserts) {
      for (const values of rows) await client.query({ ...statement, values });
    }
    return upserts.reduce((sum, { rows }) => sum + rows.length, 0);
  });
}

function upsertOf({ name, columns, key }: Table, names: readonly string[]): string {
  const values = columns.map(({ type }, index) => `$${index + 1}::${type}`).join(', ');
  const set = names.map((column) => `${column} = excluded.${column}`).join(', ');
  return `insert into ${name} (${names.join(', ')}) values (${values}) on conflict (${key.join(', ')}) do update set ${set}`;
}

/** Measures a write on one connection. @param write returns the number of rows */
async function timed(
  { admin, postmaster }: PipelineWorld,
  write: (client: PoolClient) => Promise<number>,
): Promise<ReferenceMeasured> {
  const client = await admin.connect();
  try {
    const before = await cpuOfPostgres(postmaster);
    const start = performance.now();
    const rows = await write(client);
    const seconds = (performance.now() - start) / 1_000;
    const postgresMs = (await cpuOfPostgres(postmaster)) - before;
    return { rows, rowsPerSecond: rows / seconds, postgresMsPerRow: postgresMs / rows };
  } finally {
    client.release();
  }
}

async function truncate({ admin, tables }: PipelineWorld): Promise<void> {
  await admin.query(`truncate ${Object.keys(tables).join(', ')} cascade`);
}

async function tablesOf({ admin, tables }: PipelineWorld): Promise<readonly Table[]> {
  const { rows } = await admin.query<Table>(
    `select t.name,
       (select jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum)
          from pg_attribute a
         where a.attrelid = t.name::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
       (select jsonb_agg(a.attname order by a.attnum)
          from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
         where i.indrelid = t.name::regclass and i.indisprimary) as key
     from unnest($1::text[]) with ordinality as t (name, number) order by t.number`,
    [Object.keys(tables)],
  );
  return rows;
}
