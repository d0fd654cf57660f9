import type { Queryable } from '@marquee/postgres/queryable';
import type { ListedPerson, PersonStore } from '../application/person-store.ts';
import type { Person } from '../domain/person.ts';
import type { PersonOverride } from '../domain/person-overrides.ts';
import { PERSON_COLUMNS } from './person-columns.ts';
import { countStatement, listStatement } from './person-list-statements.ts';
import { countStatement as countMatchesStatement, searchStatement } from './person-search-statements.ts';

const FIND_MANY = `select ${PERSON_COLUMNS} from persons p where p.id = any($1::text[])`;

/** Reads persons from Postgres. Statements whose plan does not depend on values are prepared. */
export function postgresPersonStore(db: Queryable): PersonStore {
  return {
    async findMany(ids) {
      const { rows } = await db.query<Person>({ name: 'find_persons', text: FIND_MANY, values: [ids] });
      return new Map(rows.map((person) => [person.id, person]));
    },

    async versions(ids) {
      const text = `select id, version from entity_versions where entity = 'Person' and id = any($1::text[])`;
      const { rows } = await db.query<{ id: string; version: number }>({
        name: 'person_versions',
        text,
        values: [ids],
      });
      return new Map(rows.map(({ id, version }) => [id, version]));
    },

    async edits(ids) {
      const text = `select person_id as id, edited from person_overrides where person_id = any($1::text[])`;
      const { rows } = await db.query<Pick<PersonOverride, 'edited'> & { id: string }>({
        name: 'person_edits',
        text,
        values: [ids],
      });
      return new Map(rows.map(({ id, edited }) => [id, edited]));
    },

    async list(filter, order, page) {
      const { rows } = await db.query<ListedPerson>(listStatement(filter, order, page));
      return rows;
    },

    async count(filter) {
      const { rows } = await db.query<{ count: number }>(countStatement(filter));
      return rows[0]?.count ?? 0;
    },

    async search({ text, includeAdult }, page) {
      const { rows } = await db.query<ListedPerson>({
        ...searchStatement(includeAdult, page),
        values: [text, page.limit, ...(page.cursor ?? [])],
      });
      return rows;
    },

    async countMatches({ text, includeAdult }) {
      const { rows } = await db.query<{ count: number }>({
        ...countMatchesStatement(includeAdult),
        values: [text],
      });
      return rows[0]?.count ?? 0;
    },
  };
}
