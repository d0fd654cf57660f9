import { decodeChange, entityKey } from '@marquee/events/change-codec';
import { CHANGE_TOPICS } from '@marquee/events/change-topics';
import { deadLetterTopic } from '@marquee/events/topic';
import type { CatalogueMovie } from '@marquee/ingest/catalogue';
import { readTopic } from '@marquee/testing/read-topic';
import { SUBGRAPHS } from './databases.ts';
import type { Announcement, Evidence } from './evidence.ts';
import { contentOf, PARTS, type Part, readStored } from './stored.ts';
import type { World } from './world.ts';

/** Entities that subgraphs follow. `MovieCredits` changes once more when the movie's release date arrives after the credits. */
const FOLLOWERS = { Movie: ['people', 'ratings'], MovieCredits: ['movies'], Rating: ['movies'] };

const ONCE = [1, 1] as const;

/** Reads what was acknowledged, stored, announced and followed. */
export async function collectEvidence(world: World): Promise<Evidence> {
  const acknowledged = await acknowledgedContent(world);
  const changes = new Map<string, readonly [number, number]>();
  for (const name of acknowledged.keys()) {
    const [topic, id] = name.split(' ') as [string, string];
    // Its media change a movie again when they arrive after its details.
    if (topic === 'movie-details') changes.set(entityKey('Movie', id), [1, 2]);
    if (topic === 'movie-credits') {
      changes.set(entityKey('MovieCredits', id), [0, 2]);
      const { cast, crew } = world.catalogue.movies.get(Number(id)) as CatalogueMovie;
      for (const { personId } of [...cast, ...crew]) changes.set(entityKey('Person', String(personId)), ONCE);
    }
    if (topic === 'movie-ratings') {
      changes.set(entityKey('Rating', id), ONCE);
      changes.set(entityKey('MovieVotes', id), [0, 1]);
    }
  }
  const { rows: reviews } = await world.pools.ratings.query<{ id: string }>('select id from reviews');
  for (const { id } of reviews) changes.set(entityKey('Review', id), ONCE);
  for (const [title, id] of world.writer.created) {
    acknowledged.set(`created ${title}`, JSON.stringify([id]));
    changes.set(entityKey('Movie', id), ONCE);
  }
  return {
    acknowledged,
    stored: await storedContent(world),
    changes,
    versions: await versionsOf(world),
    announced: await announcementsOf(world),
    followed: await followedVersions(world),
    followers: FOLLOWERS,
    deadLetters: await deadLettersOf(world),
  };
}

/** Returns what the queue has as published: the hash of a part is stored when its event is durable. */
async function acknowledgedContent({ pools, catalogue }: World): Promise<Map<string, string>> {
  const { rows } = await pools.ingest.query<{ id: number; parts: Part[] }>(
    `select id, array(select jsonb_object_keys(hashes)) as parts from entities where kind = 'movie'`,
  );
  const content = new Map<string, string>();
  for (const { id, parts } of rows) {
    const movie = catalogue.movies.get(id) as CatalogueMovie;
    for (const part of parts) content.set(`movie-${part} ${id}`, contentOf(part, movie));
  }
  return content;
}

async function storedContent({ pools }: World): Promise<Map<string, string>> {
  const content = new Map<string, string>();
  for (const [part, subgraph] of Object.entries(PARTS) as [Part, (typeof PARTS)[Part]][]) {
    for (const [id, stored] of await readStored(part, pools[subgraph])) content.set(`movie-${part} ${id}`, stored);
  }
  const { rows } = await pools.movies.query<{ title: string; ids: string[] }>(
    'select title, array_agg(id) as ids from movies where tmdb_id is null group by title',
  );
  for (const { title, ids } of rows) content.set(`created ${title}`, JSON.stringify(ids));
  return content;
}

async function versionsOf({ pools }: World): Promise<Map<string, number>> {
  const versions = new Map<string, number>();
  for (const subgraph of SUBGRAPHS) {
    const { rows } = await pools[subgraph].query<{ entity: string; id: string; version: number }>(
      'select entity, id, version::integer as version from entity_versions where version > 0',
    );
    for (const { entity, id, version } of rows) versions.set(entityKey(entity, id), version);
  }
  return versions;
}

async function announcementsOf({ log }: World): Promise<Announcement[]> {
  const announced: Announcement[] = [];
  const read = ({ name }: { readonly name: string }) =>
    readTopic(log.eventLog, name, (record) => {
      const decoded = decodeChange(record);
      if (!decoded.ok) throw new Error(`${name}: ${decoded.code}: ${decoded.reason}`);
      const { entity, entityId, version, eventId } = decoded.change;
      announced.push({ entity: entityKey(entity, entityId), version, eventId });
    });
  await Promise.all(CHANGE_TOPICS.map(read));
  return announced;
}

async function followedVersions({ pools }: World): Promise<Map<string, number>> {
  const followed = new Map<string, number>();
  for (const subgraph of SUBGRAPHS) {
    const { rows } = await pools[subgraph].query<{ key: string; version: number }>(
      'select key, version::integer as version from inbox_versions',
    );
    for (const { key, version } of rows) followed.set(`${subgraph} ${key}`, version);
  }
  return followed;
}

async function deadLettersOf({ log }: World): Promise<number> {
  let count = 0;
  for (const subgraph of SUBGRAPHS) {
    await readTopic(log.eventLog, deadLetterTopic(subgraph).name, () => {
      count += 1;
    });
  }
  return count;
}
