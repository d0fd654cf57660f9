import type { EventLog } from '@marquee/event-log/event-log';
import { decodeEvent, type ObservedEvent } from '@marquee/events/codec';
import type { EventData } from '@marquee/events/topics';
import type { Catalogue, CatalogueMovie } from '@marquee/ingest/catalogue';
import { readTopic } from '@marquee/testing/read-topic';

/** The parts of a movie that are compared. */
const PARTS = ['details', 'media', 'credits', 'ratings'] as const;
type Part = (typeof PARTS)[number];

/** The observed parts of the movies in a log, each with its highest version. */
export type FinalState = ReadonlyMap<number, ReadonlyMap<Part, ObservedEvent['data']>>;

/** Reads the state that a consumer has after all events: for each movie and part the event with the highest version. */
export async function readFinalState(eventLog: EventLog): Promise<FinalState> {
  const state = new Map<number, Map<Part, ObservedEvent['data']>>();
  for (const part of PARTS) {
    const versions = new Map<number, number>();
    const topic = `marquee.movie-${part}.v1`;
    await readTopic(eventLog, topic, (record) => {
      const decoded = decodeEvent(record);
      if (!decoded.ok) throw new Error(`${topic}: ${decoded.code}: ${decoded.reason}`);
      const { event } = decoded;
      const [id, version] = [Number(event.subject), event.observedAt.getTime()];
      if (version < (versions.get(id) ?? 0)) return;
      versions.set(id, version);
      const parts = state.get(id) ?? new Map<Part, ObservedEvent['data']>();
      state.set(id, parts);
      if (event.kind === 'observed') parts.set(part, event.data);
      else parts.delete(part);
    });
  }
  for (const [id, parts] of state) if (parts.size === 0) state.delete(id);
  return state;
}

/** Returns what is wrong in the final state, compared with the catalogue. Failed movies may be absent, but not stale. */
export function mistakesOf(
  state: FinalState,
  catalogue: Pick<Catalogue, 'movies'>,
  failed: ReadonlySet<number>,
): string[] {
  const mistakes: string[] = [];
  for (const movie of catalogue.movies.values()) {
    const parts = state.get(movie.id);
    if (parts === undefined) {
      if (!failed.has(movie.id)) mistakes.push(`movie ${movie.id} is missing`);
      continue;
    }
    const [actual, expected] = [observedContent(parts), expectedContent(movie)];
    if (actual !== expected) mistakes.push(`movie ${movie.id}: ${actual} instead of ${expected}`);
  }
  for (const id of state.keys()) {
    if (catalogue.movies.get(id) === undefined) mistakes.push(`movie ${id} was deleted and is still there`);
  }
  return mistakes;
}

function observedContent(parts: ReadonlyMap<Part, ObservedEvent['data']>): string {
  const details = parts.get('details') as EventData['movie-details'] | undefined;
  const media = parts.get('media') as EventData['movie-media'] | undefined;
  const credits = parts.get('credits') as EventData['movie-credits'] | undefined;
  const ratings = parts.get('ratings') as EventData['movie-ratings'] | undefined;
  return JSON.stringify([
    details?.title,
    details?.tagline ?? '',
    media?.images.length,
    media?.videos.map(({ id }) => id),
    credits?.cast.map(({ person, character }) => `${person.id} ${character ?? ''}`),
    credits?.crew.map(({ person, job }) => `${person.id} ${job}`),
    ratings?.reviews.length,
  ]);
}

function expectedContent({ facts, media, cast, crew, reviews }: CatalogueMovie): string {
  return JSON.stringify([
    facts.title,
    facts.tagline ?? '',
    media?.images.length ?? 0,
    media?.videos.map(({ id }) => id) ?? [],
    cast.map(({ personId, character }) => `${personId} ${character}`),
    crew.map(({ personId, job }) => `${personId} ${job}`),
    reviews.length,
  ]);
}
