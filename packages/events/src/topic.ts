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

/** A topic that ingest publishes to, with the CloudEvents types of its records, which are keyed by the entity's id. */
export interface TopicOfPart<Part extends string, Entity extends ObservedEntity = ObservedEntity> extends EventTopic {
  readonly part: Part;
  /** The kind of the entities that the part belongs to. */
  readonly entity: Entity;
  /** The one subgraph that consumes the topic. */
  readonly consumer: string;
  readonly name: `marquee.${Part}.v1`;
  readonly observedType: `marquee.${Part}.observed.v1`;
  readonly deletedType: `marquee.${Part}.deleted.v1`;
  /** `$id` of the JSON Schema of the data: the CloudEvents attribute `dataschema`. */
  readonly dataSchema: `https://marquee.example/schemas/${Part}.v1.json`;
}

export function observationTopic<Part extends string, Entity extends ObservedEntity>(
  part: Part,
  entity: Entity,
  consumer: string,
): TopicOfPart<Part, Entity> {
  return {
    part,
    entity,
    consumer,
    name: `marquee.${part}.v1`,
    partitions: 6,
    compacted: true,
    observedType: `marquee.${part}.observed.v1`,
    deletedType: `marquee.${part}.deleted.v1`,
    dataSchema: `https://marquee.example/schemas/${part}.v1.json`,
  };
}

/**
 * Returns the topic to which a subgraph publishes records that it cannot read, keyed by their places in the log.
 * It is compacted: a letter that is published again replaces itself, and stays until it is replayed.
 */
export function deadLetterTopic(subgraph: string): EventTopic {
  return { name: `marquee.${subgraph}-dead-letters.v1`, partitions: 1, compacted: true };
}
