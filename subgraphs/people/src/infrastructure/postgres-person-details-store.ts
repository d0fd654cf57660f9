import type { Queryable } from '@marquee/postgres/queryable';
import { selectList } from '@marquee/postgres/select-list';
import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { PersonDetailsStore } from '../application/person-details-store.ts';
import type { EditableDetails, PersonExternalIds, PersonImage, PersonTranslation } from '../domain/person-details.ts';
import { EDITABLE_COLUMNS, EXTERNAL_IDS } from './person-details-columns.ts';

type OfPerson<Row> = Row & { readonly personId: string };

type DetailsRow = OfPerson<EditableDetails & PersonExternalIds & { readonly edits: Partial<EditableDetails> | null }>;

const FIND_MANY = `
  select given.id as "personId", ${EDITABLE_COLUMNS}, ${EXTERNAL_IDS}, e.details as edits
  from unnest($1::text[]) as given (id)
  left join person_details d on d.person_id = given.id
  left join person_edits e on e.person_id = given.id
  where d.person_id is not null or e.person_id is not null`;

/** A list of a person's details. */
interface DetailsList {
  readonly table: string;
  readonly columns: string;
  /** The sort keys with the types in which a cursor's values are compared. Wider than the columns, so that none overflows. */
  readonly keys: readonly (readonly [column: string, type: string])[];
}

const IMAGES: DetailsList = {
  table: 'person_images',
  columns: selectList<PersonImage>({
    place: 'l.place',
    path: 'l.path',
    width: 'l.width',
    height: 'l.height',
    aspectRatio: 'l.aspect_ratio',
    language: 'l.language',
    voteAverage: 'l.vote_average',
    voteCount: 'l.vote_count',
  }),
  keys: [['place', 'bigint']],
};

const TRANSLATIONS: DetailsList = {
  table: 'person_translations',
  columns: selectList<PersonTranslation>({
    language: 'l.language',
    country: 'l.country',
    languageName: 'l.language_name',
    englishName: 'l.english_name',
    biography: 'l.biography',
    name: 'l.name',
  }),
  keys: [
    ['language', 'text'],
    ['country', 'text'],
  ],
};

const TRANSLATIONS_INTO = `
  select l.person_id as "personId", ${TRANSLATIONS.columns} from person_translations l
  where l.person_id = any($1::text[]) and l.language = any($2::text[])
  order by l.person_id, l.language, l.country`;

/** Reads details from Postgres, by prepared statements. */
export function postgresPersonDetailsStore(db: Queryable): PersonDetailsStore {
  async function read<Row>(list: DetailsList, ids: readonly string[], page: KeysetPage) {
    const { rows } = await db.query<OfPerson<Row>>({
      ...pageStatement(list, page),
      values: [ids, page.limit, ...(page.cursor ?? [])],
    });
    return Map.groupBy(rows, ({ personId }) => personId);
  }

  async function count({ table }: DetailsList, ids: readonly string[]) {
    const text = `select person_id as id, count(*) as count from ${table} where person_id = any($1::text[]) group by 1`;
    const { rows } = await db.query<{ id: string; count: number }>({ name: `count_${table}`, text, values: [ids] });
    return new Map(rows.map(({ id, count }) => [id, count]));
  }

  return {
    async findMany(personIds) {
      const { rows } = await db.query<DetailsRow>({
        name: 'find_person_details',
        text: FIND_MANY,
        values: [personIds],
      });
      return new Map(
        rows.map(({ personId, edits, ...row }) => {
          const { imdbId, biography, birthday, deathday, placeOfBirth, homepage, alsoKnownAs, ...externalIds } = row;
          const observed = { imdbId, biography, birthday, deathday, placeOfBirth, homepage, alsoKnownAs };
          return [personId, { ...observed, ...edits, externalIds }];
        }),
      );
    },
    images: (personIds, page) => read<PersonImage>(IMAGES, personIds, page),
    countImages: (personIds) => count(IMAGES, personIds),
    translations: (personIds, page) => read<PersonTranslation>(TRANSLATIONS, personIds, page),
    countTranslations: (personIds) => count(TRANSLATIONS, personIds),
    async translationsInto(personIds, languages) {
      const { rows } = await db.query<OfPerson<PersonTranslation>>({
        name: 'person_translations_into',
        text: TRANSLATIONS_INTO,
        values: [personIds, languages],
      });
      return Map.groupBy(rows, ({ personId }) => personId);
    },
  };
}

/** Returns the statement that reads a page of a list of each of the persons $1: $2 rows after the sort keys $3 and so on. */
function pageStatement({ table, columns, keys }: DetailsList, { backward, cursor }: KeysetPage) {
  const direction = backward ? 'desc' : 'asc';
  const order = keys.map(([column]) => `l.${column} ${direction}`).join(', ');
  const tuple = keys.map(([column]) => `l.${column}`).join(', ');
  const bounds = keys.map(([, type], index) => `$${index + 3}::${type}`).join(', ');
  const beyond = cursor === null ? '' : `and (${tuple}) ${backward ? '<' : '>'} (${bounds})`;
  return {
    name: `${table}_${direction}${cursor === null ? '' : '_beyond'}`,
    text: `
      select parent.id as "personId", ${columns}
      from unnest($1::text[]) as parent (id)
      cross join lateral (
        select l.* from ${table} l where l.person_id = parent.id ${beyond} order by ${order} limit $2
      ) l
      order by parent.id, ${order}`,
  };
}
