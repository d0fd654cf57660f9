import type { Queryable } from '@marquee/postgres/queryable';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly demanded: boolean;
  /** True when the database fills a column that an insert does not name. */
  readonly filled: boolean;
}

interface Constraint {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly definition: string;
  /** The table whose rows cannot be deleted while others refer to them. */
  readonly holds: string | null;
}

/** The parts of a schema on which statements of a version depend. */
export interface Catalogue {
  /** Columns of tables and views, by `table`. */
  readonly relations: ReadonlyMap<string, ReadonlyMap<string, Column>>;
  readonly constraints: ReadonlyMap<string, Constraint>;
  /** `name(argument types) result`. */
  readonly functions: ReadonlySet<string>;
}

/** Reads the catalogue of a schema, without the tables of `migrate`. */
export async function catalogueOf(db: Queryable, schema: string): Promise<Catalogue> {
  const { rows: columns } = await db.query<{
    relation: string;
    name: string;
    type: string;
    demanded: boolean;
    filled: boolean;
  }>(
    `select c.relname as relation, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as demanded,
              a.atthasdef or a.attidentity <> '' or a.attgenerated <> '' as filled
         from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and c.relname not like 'schema_migrations%'`,
    [schema],
  );
  const { rows: constraints } = await db.query<Constraint>(
    `select 'constraint ' || k.conname as name, c.relname as table, pg_get_constraintdef(k.oid) as definition,
              case when k.contype = 'f' and k.confdeltype in ('a', 'r') then (select relname from pg_class where oid = k.confrelid) end as holds,
              array(select attname::text from pg_attribute where attrelid = c.oid and attnum = any(k.conkey)) as columns
         from pg_constraint k join pg_class c on c.oid = k.conrelid
        where k.connamespace = $1::regnamespace and k.contype in ('c', 'u', 'p', 'f', 'x')
       union all
       select 'index ' || i.indexrelid::regclass::text, c.relname, pg_get_indexdef(i.indexrelid), null,
              array(select attname::text from pg_attribute where attrelid = c.oid and attnum = any(i.indkey))
         from pg_index i join pg_class c on c.oid = i.indrelid
        where c.relnamespace = $1::regnamespace and i.indisunique
          and not exists (select from pg_constraint where conindid = i.indexrelid)`,
    [schema],
  );
  const { rows: functions } = await db.query<{ signature: string }>(
    `select p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ') ' || pg_get_function_result(p.oid) as signature
         from pg_proc p where p.pronamespace = $1::regnamespace and p.prokind <> 'p'`,
    [schema],
  );
  const relations = new Map<string, Map<string, Column>>();
  for (const { relation, ...column } of columns) {
    const its = relations.get(relation) ?? new Map<string, Column>();
    relations.set(relation, its.set(column.name, column));
  }
  return {
    relations,
    constraints: new Map(
      constraints.filter(({ table }) => !table.startsWith('schema_migrations')).map((each) => [each.name, each]),
    ),
    functions: new Set(functions.map(({ signature }) => signature)),
  };
}

/**
 * Returns what breaks code written for the schema `before`: removed parts, changed types, and new constraints on its statements.
 * Empty where the schema was only expanded.
 */
export function contractions(before: Catalogue, after: Catalogue): string[] {
  const lost = [...before.relations].flatMap(([relation, columns]) => {
    const now = after.relations.get(relation);
    if (now === undefined) return [`${relation} is gone`];
    return [
      ...[...columns.values()].flatMap((column) => changed(relation, column, now.get(column.name))),
      ...[...now.values()]
        .filter((column) => !columns.has(column.name) && column.demanded && !column.filled)
        .map(({ name }) => `${relation}.${name} is new, and demanded of every row`),
    ];
  });
  const demands = [...after.constraints.values()]
    .filter(({ name, definition }) => before.constraints.get(name)?.definition !== definition)
    .flatMap(({ name, table, columns, holds }) => {
      const known = before.relations.get(table);
      const onlyNew = columns.length > 0 && !columns.some((column) => known?.has(column));
      return [
        ...(known && !onlyNew ? [`${name} of ${table} is a new demand`] : []),
        ...(holds !== null && before.relations.has(holds) ? [`${name} keeps rows of ${holds} from being deleted`] : []),
      ];
    });
  const functions = [...before.functions]
    .filter((signature) => !after.functions.has(signature))
    .map((each) => `function ${each} is gone`);
  return [...lost, ...demands, ...functions];
}

function changed(relation: string, was: Column, is: Column | undefined): string[] {
  const column = `${relation}.${was.name}`;
  if (is === undefined) return [`${column} is gone`];
  return [
    ...(is.type === was.type ? [] : [`${column} is ${is.type} instead of ${was.type}`]),
    ...(is.demanded && !was.demanded ? [`${column} is newly demanded`] : []),
    ...(is.demanded && was.filled && !is.filled ? [`${column} is no longer filled in`] : []),
  ];
}
