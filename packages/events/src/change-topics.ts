import type { MoviesChange } from './generated/movies-changes.ts';
import type { PeopleChange } from './generated/people-changes.ts';
import type { RatingsChange } from './generated/ratings-changes.ts';
import type { EventTopic } from './topic.ts';

/** Data of each subgraph's changes; that of a deletion is in its headers. */
export interface ChangeData {
  movies: MoviesChange;
  people: PeopleChange;
  ratings: RatingsChange;
}

/** A subgraph that publishes changes. */
export type ChangeSource = keyof ChangeData;

/** The kinds of entities whose changes a subgraph publishes. */
export type ChangedEntity<Source extends ChangeSource> = ChangeData[Source]['entity'];

/** A topic that a subgraph's outbox fills. Records are keyed by kind and id of the entity: `Movie:603`. */
export interface ChangeTopic<Source extends ChangeSource = ChangeSource> extends EventTopic {
  readonly source: Source;
  readonly entities: readonly ChangedEntity<Source>[];
  /** The subgraphs that follow it. */
  readonly followers: readonly ChangeSource[];
  readonly name: `marquee.${Source}-changes.v1`;
  /** CloudEvents types. */
  readonly types: { readonly [Kind in ChangeKind]: `marquee.${Source}-changes.${Kind}.v1` };
  /** `$id` of the JSON Schema of the data: the CloudEvents attribute `dataschema`. */
  readonly dataSchema: `https://marquee.example/schemas/${Source}-changes.v1.json`;
}

/** The kind of change of an entity. */
export type ChangeKind = 'created' | 'updated' | 'deleted';

/** A day, in which a subscription may resume after any change (docs/decisions/0024). */
const COMPACTION_LAG_MS = 24 * 3_600_000;

function changeTopic<Source extends ChangeSource>(
  source: Source,
  entities: readonly ChangedEntity<Source>[],
  followers: readonly ChangeSource[],
): ChangeTopic<Source> {
  return {
    source,
    entities,
    followers,
    name: `marquee.${source}-changes.v1`,
    partitions: 6,
    compacted: true,
    compactionLagMs: COMPACTION_LAG_MS,
    types: {
      created: `marquee.${source}-changes.created.v1`,
      updated: `marquee.${source}-changes.updated.v1`,
      deleted: `marquee.${source}-changes.deleted.v1`,
    },
    dataSchema: `https://marquee.example/schemas/${source}-changes.v1.json`,
  };
}

/** Changes of movies, and of the votes that movies stores of them. */
export const MOVIES_CHANGES = changeTopic('movies', ['Movie', 'MovieVotes'], ['people', 'ratings']);

/** Changes of persons, and of the cast and crew of movies. */
export const PEOPLE_CHANGES = changeTopic('people', ['Person', 'MovieCredits'], ['movies']);

/** Changes of the votes of movies, and of reviews. */
export const RATINGS_CHANGES = changeTopic('ratings', ['Rating', 'Review'], ['movies']);

/** Every topic that an outbox fills. */
export const CHANGE_TOPICS = [MOVIES_CHANGES, PEOPLE_CHANGES, RATINGS_CHANGES] as const;
