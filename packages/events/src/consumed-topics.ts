import { CHANGE_TOPICS, type ChangeTopic } from './change-topics.ts';
import { OBSERVATION_TOPICS } from './generated/topics.ts';
import type { EventTopic } from './topic.ts';

/** Returns the topics that a subgraph consumes: its own, and the changes that it follows. */
export function consumedTopics(subgraph: string): readonly EventTopic[] {
  const changes: readonly ChangeTopic[] = CHANGE_TOPICS;
  return [
    ...OBSERVATION_TOPICS.filter(({ consumer }) => consumer === subgraph),
    ...changes.filter(({ followers }) => followers.some((follower) => follower === subgraph)),
  ];
}
