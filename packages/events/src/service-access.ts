import { SUBGRAPHS } from './all-topics.ts';
import { consumedTopics } from './consumed-topics.ts';
import { MOVIE_DETAILS, OBSERVATION_TOPICS } from './generated/topics.ts';
import { deadLetterTopic } from './topic.ts';

/** An operation of Kafka's ACLs. Read and Write imply Describe: https://kafka.apache.org/documentation/#operations_in_kafka */
export type AclOperation = 'Read' | 'Write' | 'Create' | 'Describe' | 'DescribeConfigs';

/** A permission of a service. */
export interface Grant {
  readonly type: 'topic' | 'group';
  readonly name: string;
  readonly patternType: 'literal' | 'prefix';
  readonly operations: readonly AclOperation[];
}

/** Everything that a service may do in the event log. */
export interface ServiceAccess {
  /** Name of the service; its Kafka user is `kafka-<service>`. */
  readonly service: string;
  readonly grants: readonly Grant[];
}

const topic = (name: string, ...operations: AclOperation[]): Grant => ({
  type: 'topic',
  name,
  patternType: 'literal',
  // Services create the topics that they use, and check the settings of existing ones.
  operations: [...operations, 'Create', 'DescribeConfigs'],
});

const readGroups = (name: string, patternType: Grant['patternType']): Grant => ({
  type: 'group',
  name,
  patternType,
  operations: ['Read'],
});

/**
 * Returns the access of a subgraph. It writes to the topics that it consumes, since dead letters are replayed with its login, and reads its
 * own changes for subscriptions.
 */
export function subgraphAccess(subgraph: string): ServiceAccess {
  const names = [
    ...consumedTopics(subgraph).map(({ name }) => name),
    `marquee.${subgraph}-changes.v1`,
    deadLetterTopic(subgraph).name,
  ];
  return {
    service: subgraph,
    grants: [
      ...names.map((name) => topic(name, 'Read', 'Write')),
      readGroups(`marquee.${subgraph}`, 'literal'),
      // Readers of dead letters and of changes have groups of their own; a hyphen is no part of a subgraph's name.
      readGroups(`marquee.${subgraph}-`, 'prefix'),
    ],
  };
}

/** The access of ingest, which reads the keys of its details to distinguish deleted movies from unknown ones. */
export const INGEST_ACCESS: ServiceAccess = {
  service: 'ingest',
  grants: [
    ...OBSERVATION_TOPICS.map(({ name }) =>
      topic(name, ...(name === MOVIE_DETAILS.name ? (['Read'] as const) : []), 'Write'),
    ),
    readGroups('marquee.ingest-', 'prefix'),
  ],
};

/** The access of KEDA, which scales consumers by their lag. */
export const LAG_READER_ACCESS: ServiceAccess = {
  service: 'keda',
  grants: (['topic', 'group'] as const).map((type) => ({
    type,
    name: 'marquee.',
    patternType: 'prefix',
    operations: ['Describe'],
  })),
};

/** The access of every service. */
export const SERVICE_ACCESS: readonly ServiceAccess[] = [
  ...SUBGRAPHS.map(subgraphAccess),
  INGEST_ACCESS,
  LAG_READER_ACCESS,
];
