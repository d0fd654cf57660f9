import type { Queryable } from '@marquee/postgres/queryable';
import { type ArrayColumns, rowArrays } from '@marquee/postgres/row-arrays';
import type { PersonDetailsWriter } from '../application/person-details-writer.ts';
import type { DetailsObservation, PersonImage, PersonTranslation } from '../domain/person-details.ts';
import { EXTERNAL_ID_COLUMNS, SHARED_COLUMNS } from './person-details-columns.ts';

type OfPerson<Entry> = Entry & { readonly personId: string };

const DETAILS = rowArrays<DetailsObservation>({
  person_id: ['text', 'personId'],
  observed_at: ['timestamptz', 'observedAt'],
  ...columnsOf(SHARED_COLUMNS, ({ facts }: DetailsObservation) => facts),
  imdb_id: ['text', ({ details }) => details.imdbId],
  biography: ['text', ({ details }) => details.biography],
  birthday: ['date', ({ details }) => details.birthday],
  deathday: ['date', ({ details }) => details.deathday],
  place_of_birth: ['text', ({ details }) => details.placeOfBirth],
  homepage: ['text', ({ details }) => details.homepage],
  ...columnsOf(EXTERNAL_ID_COLUMNS, ({ details }: DetailsObservation) => details.externalIds),
  // `unnest` flattens arrays of arrays, so the names are JSON until they are stored.
  names: ['jsonb', ({ details }) => JSON.stringify(details.alsoKnownAs)],
});

const STORED = DETAILS.columns.replace(/, names$/, '');

const REPLACE = `
  insert into person_details (${STORED}, also_known_as)
  select ${STORED}, array(select jsonb_array_elements_text(d.names)) from ${DETAILS.as('d')}
  on conflict (person_id) do update set ${[...STORED.split(', ').slice(1), 'also_known_as'].map(excluded).join(', ')}`;

const IMAGES = rowArrays<OfPerson<PersonImage>>({
  person_id: ['text', 'personId'],
  place: ['integer', 'place'],
  path: ['text', 'path'],
  width: ['integer', 'width'],
  height: ['integer', 'height'],
  aspect_ratio: ['double precision', 'aspectRatio'],
  language: ['text', 'language'],
  vote_average: ['double precision', 'voteAverage'],
  vote_count: ['integer', 'voteCount'],
});

const TRANSLATIONS = rowArrays<OfPerson<PersonTranslation>>({
  person_id: ['text', 'personId'],
  language: ['text', 'language'],
  country: ['text', 'country'],
  language_name: ['text', 'languageName'],
  english_name: ['text', 'englishName'],
  biography: ['text', 'biography'],
  name: ['text', 'name'],
});

/** Returns the statement that gives the persons $1 these rows of a list. An equal row is not written. */
function replaceRows(table: string, key: readonly string[], rows: typeof IMAGES | typeof TRANSLATIONS) {
  const columns = rows.columns.split(', ');
  const values = columns.filter((column) => !key.includes(column));
  const list = (row: string) => values.map((column) => `${row}.${column}`).join(', ');
  return {
    name: `replace_${table}`,
    text: `
      with given as (select * from ${rows.as('g', 2)}), removed as (
        delete from ${table} stored where stored.person_id = any($1::text[]) and not exists (
          select from given where ${key.map((column) => `given.${column} = stored.${column}`).join(' and ')}
        )
      )
      insert into ${table} as stored (${rows.columns}) select * from given
      on conflict (${key.join(', ')}) do update set ${values.map(excluded).join(', ')}
      where (${list('stored')}) is distinct from (${list('excluded')})`,
  };
}

const REPLACE_IMAGES = replaceRows('person_images', ['person_id', 'place'], IMAGES);
const REPLACE_TRANSLATIONS = replaceRows('person_translations', ['person_id', 'language', 'country'], TRANSLATIONS);

const EDITS = rowArrays<Parameters<PersonDetailsWriter['saveEdits']>[0][number]>({
  person_id: ['text', 'personId'],
  details: ['jsonb', ({ details }) => JSON.stringify(details)],
});

const SAVE_EDITS = `
  insert into person_edits as stored (${EDITS.columns}) select * from ${EDITS.unnest()}
  on conflict (person_id) do update set details = stored.details || excluded.details`;

/** Writes details within a transaction. */
export function postgresPersonDetailsWriter(tx: Queryable): PersonDetailsWriter {
  return {
    async replace(observations) {
      if (observations.length === 0) return;
      await tx.query({ name: 'replace_person_details', text: REPLACE, values: DETAILS.values(observations) });
      const ids = observations.map(({ personId }) => personId);
      const images = observations.flatMap(({ personId, images }) =>
        images.map((image, place) => ({ ...image, place, personId })),
      );
      await tx.query({ ...REPLACE_IMAGES, values: [ids, ...IMAGES.values(images)] });
      const translations = observations.flatMap(({ personId, translations }) =>
        translations.map((translation) => ({ ...translation, personId })),
      );
      await tx.query({ ...REPLACE_TRANSLATIONS, values: [ids, ...TRANSLATIONS.values(translations)] });
    },

    async remove(personIds) {
      if (personIds.length === 0) return;
      const text = 'delete from person_details where person_id = any($1::text[])';
      await tx.query({ name: 'remove_person_details', text, values: [personIds] });
    },

    async saveEdits(edits) {
      if (edits.length === 0) return;
      await tx.query({ name: 'save_person_edits', text: SAVE_EDITS, values: EDITS.values(edits) });
    },

    async removeEdits(personIds, fields) {
      if (personIds.length === 0) return;
      const condition = 'person_id = any($1::text[])';
      await tx.query(
        fields === null
          ? { name: 'remove_person_edits', text: `delete from person_edits where ${condition}`, values: [personIds] }
          : {
              name: 'remove_some_person_edits',
              text: `update person_edits set details = details - $2::text[] where ${condition}`,
              values: [personIds, fields],
            },
      );
    },
  };
}

function excluded(column: string): string {
  return `${column} = excluded.${column}`;
}

/** Returns the columns of a part of a row. @param columns type and property of each column */
function columnsOf<Row, Part extends object>(
  columns: Readonly<Record<string, readonly [type: string, property: keyof Part]>>,
  partOf: (row: Row) => Part,
): ArrayColumns<Row> {
  return Object.fromEntries(
    Object.entries(columns).map(([column, [type, property]]) => [column, [type, (row: Row) => partOf(row)[property]]]),
  );
}
