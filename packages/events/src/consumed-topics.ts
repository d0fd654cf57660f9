import { CHANGE_TOPICS, type ChangeTopic } from './change-topics.ts';
import { MOVIE_TOPICS } from './generated/topics.ts';
import type { EventTopic } from './topic.ts';

/** Returns the topics that a subgraph consumes: its own, and the changes that it follows. */
export function consumedTopics(subgraph: string): readonly EventTopic[] {
  const changes: readonly ChangeTopic[] = CHANGE_TOPICS;
  return [
    ...MOVIE_TOPICS.filter(({ consumer }) => consumer === subgraph),
    ...changes.filter(({ followers }) => followers.some((follower) => follower === subgraph)),
  ];
}
