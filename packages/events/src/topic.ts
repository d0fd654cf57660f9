/** A topic as an event log creates it. */
export interface EventTopic {
  readonly name: string;
  /** Fixed for the life of the topic: another number would send a key to another partition. */
  readonly partitions: number;
  /** True when the topic is compacted: only the latest record of each key is kept for good. */
  readonly compacted: boolean;
  /** Milliseconds for which a compacted topic keeps each record, so that readers that resume miss none. */
  readonly compactionLagMs?: number;
}

/** The member of an observation's data that holds the id of the entity. */
export const ID_FIELDS = { Movie: 'movieId', Person: 'personId' } as const;

/** A kind of entity that ingest observes. */
export type ObservedEntity = keyof typeof ID_FIELDS;

/** A part with the version of its schema, which a part alone has of version 1. */
type Versioned<Part extends string> = Part extends `${string}.v${bigint}` ? Part : `${Part}.v1`;

type EventType<Part extends string, Kind extends 'observed' | 'deleted'> =
  Versioned<Part> extends `${infer Name}.v${infer Version}` ? `marquee.${Name}.${Kind}.v${Version}` : never;

/** A topic that ingest publishes to, with the CloudEvents types of its records, which are keyed by the entity's id. */
export interface TopicOfPart<Part extends string, Entity extends ObservedEntity = ObservedEntity> extends EventTopic {
  readonly part: Part;
  /** The kind of the entities that the part belongs to. */
  readonly entity: Entity;
  /** The one subgraph that consumes the topic. */
  readonly consumer: string;
  readonly name: `marquee.${Versioned<Part>}`;
  readonly observedType: EventType<Part, 'observed'>;
  readonly deletedType: EventType<Part, 'deleted'>;
  /** `$id` of the JSON Schema of the data: the CloudEvents attribute `dataschema`. */
  readonly dataSchema: `https://marquee.example/schemas/${Versioned<Part>}.json`;
}

/** Returns the topic of a part: `movie-ratings`, or `movie-ratings.v2` for a later version of its schema. */
export function observationTopic<Part extends string, Entity extends ObservedEntity>(
  part: Part,
  entity: Entity,
  consumer: string,
): TopicOfPart<Part, Entity> {
  const [name, version = 'v1'] = part.split('.');
  const topic = {
    part,
    entity,
    consumer,
    name: `marquee.${name}.${version}`,
    partitions: 6,
    compacted: true,
    observedType: `marquee.${name}.observed.${version}`,
    deletedType: `marquee.${name}.deleted.${version}`,
    dataSchema: `https://marquee.example/schemas/${name}.${version}.json`,
  };
  // The compiler cannot infer the parts of a text that is split.
  return topic as unknown as TopicOfPart<Part, Entity>;
}

/**
 * Returns the topic to which a subgraph publishes records that it cannot read, keyed by their places in the log.
 * It is compacted: a letter that is published again replaces itself, and stays until it is replayed.
 */
export function deadLetterTopic(subgraph: string): EventTopic {
  return { name: `marquee.${subgraph}-dead-letters.v1`, partitions: 1, compacted: true };
}
