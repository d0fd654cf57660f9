import { lockEntities, lockExistingEntities } from '@marquee/inbox-outbox/entity-versions';
import type { Queryable } from '@marquee/postgres/queryable';
import type { MediaCatalogue } from '../application/media-catalogue.ts';
import type { WrittenMovie } from '../application/movie-catalogue.ts';
import type { NamesInMedia } from '../domain/movie-media.ts';
import { type ListTable, replaceLists } from './list-table.ts';
import { EDITABLE, OBSERVED, TRANSLATION_LANGUAGES, WATCH_PROVIDERS } from './media-tables.ts';
import { prepared } from './prepared.ts';
import { type SharedTable, saveShared } from './shared-table.ts';

const OVERRIDDEN = 'select movie_id as id, field from movie_media_overrides where movie_id = any($1::text[])';

const TOUCH = `
  update movies set updated_at = now() where id = any($1::text[])
  returning id, false as deleted, release_date as "releaseDate", adult`;

/** Writes media within the caller's transaction. */
export function postgresMediaCatalogue(tx: Queryable): MediaCatalogue {
  return {
    async lock(observed, deleted) {
      // Existing movies first, as transactions lock them that create others at their end.
      const existing = await lockExistingEntities(tx, 'Movie', [...observed, ...deleted]);
      await lockEntities(
        tx,
        'Movie',
        observed.filter((id) => !existing.has(id)),
        true,
      );
    },

    async replace(media) {
      if (media.length === 0) return [];
      const { rows: overrides } = await tx.query<{ id: string; field: string }>(
        prepared(OVERRIDDEN, [media.map(({ id }) => id)]),
      );
      const overridden = new Set(overrides.map(({ id, field }) => `${field} ${id}`));
      const changed = new Set<string>();
      const lists = { ...OBSERVED, ...EDITABLE };
      for (const [field, table] of Object.entries(lists) as [keyof typeof lists, ListTable<unknown>][]) {
        const layer = field in EDITABLE ? { ...table, edited: false } : table;
        const replaced = await replaceLists(
          tx,
          layer,
          media.map(({ id, [field]: items }) => ({ id, items })),
        );
        for (const id of replaced) if (!overridden.has(`${field} ${id}`)) changed.add(id);
      }
      return [...changed];
    },

    async saveNames(names) {
      const shared = <Item>(table: SharedTable<Item>, itemsOf: (names: NamesInMedia) => readonly Item[]) =>
        saveShared(
          tx,
          table,
          names.flatMap((of) => itemsOf(of).map((item) => ({ observedAt: of.observedAt, item }))),
        );
      await shared(TRANSLATION_LANGUAGES, ({ languages }) => languages);
      await shared(WATCH_PROVIDERS, ({ watchProviders }) => watchProviders);
    },

    async touch(ids) {
      if (ids.length === 0) return [];
      const { rows } = await tx.query<WrittenMovie>(prepared(TOUCH, [ids]));
      return rows;
    },
  };
}
