import { CHANGE_TOPICS } from './change-topics.ts';
import { OBSERVATION_TOPICS } from './generated/topics.ts';
import { deadLetterTopic, type EventTopic } from './topic.ts';

/** The subgraphs that consume or publish events, in alphabetical order. */
export const SUBGRAPHS: readonly string[] = [
  ...new Set<string>([
    ...OBSERVATION_TOPICS.map(({ consumer }) => consumer),
    ...CHANGE_TOPICS.map(({ source }) => source),
  ]),
].sort();

/** Every topic: observations, changes and dead letters. */
export const ALL_TOPICS: readonly EventTopic[] = [
  ...OBSERVATION_TOPICS,
  ...CHANGE_TOPICS,
  ...SUBGRAPHS.map(deadLetterTopic),
];
