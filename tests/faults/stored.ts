import type { CatalogueMovie } from '@marquee/ingest/catalogue';
import type { Pool } from '@marquee/postgres/pool';
import type { SubgraphName } from './databases.ts';

/** The parts of a movie with their subgraphs, as far as they are compared. */
export const PARTS = {
  details: 'movies',
  media: 'movies',
  credits: 'people',
  ratings: 'ratings',
} as const satisfies Record<string, SubgraphName>;
export type Part = keyof typeof PARTS;

/** Returns the content of a part that its subgraph must store. */
export function contentOf(part: Part, { facts, media, cast, crew, reviews }: CatalogueMovie): string {
  switch (part) {
    case 'details':
      return JSON.stringify([facts.title, facts.tagline || null, facts.overview || null]);
    case 'media':
      return JSON.stringify([media?.images.length ?? 0, media?.videos.map(({ id }) => id) ?? []]);
    case 'credits':
      return JSON.stringify([
        ...cast.map(({ personId, character }) => `cast ${personId} ${character}`),
        ...crew.map(({ personId, job }) => `crew ${personId} ${job}`),
      ]);
    case 'ratings':
      return JSON.stringify([facts.vote_count ?? 0, reviews.length]);
  }
}

/** Statements that read id and content of each movie from TMDb. */
const STATEMENTS: Readonly<Record<Part, string>> = {
  details: `select id, jsonb_build_array(title, tagline, overview) as content from movies where tmdb_id is not null`,
  media: `
    select o.key as id, jsonb_build_array(
      (select count(*) from movie_images i where i.movie_id = o.key),
      array(select v.tmdb_id from movie_videos v where v.movie_id = o.key order by v.position)
    ) as content
    from inbox_observations o where o.topic = 'marquee.movie-media.v1' and not o.deleted`,
  credits: `
    select o.key as id, to_jsonb(array(
      select c.kind || ' ' || c.person_id || ' ' || coalesce(case c.kind when 'cast' then c.character else c.job end, '')
      from credits c where c.movie_id = o.key order by c.kind, c.place, c.key
    )) as content
    from inbox_observations o where o.topic = 'marquee.movie-credits.v1' and not o.deleted`,
  ratings: `
    select movie_id as id, jsonb_build_array(
      vote_count, (select count(*) from reviews r where r.movie_id = ratings.movie_id and owner is null)
    ) as content
    from ratings where vote_average is not null or vote_count = 0`,
};

/** Reads the content of each movie's part in its subgraph's tables. */
export async function readStored(part: Part, pool: Pool): Promise<Map<string, string>> {
  const { rows } = await pool.query<{ id: string; content: unknown }>(STATEMENTS[part]);
  return new Map(rows.map(({ id, content }) => [id, JSON.stringify(content)]));
}
