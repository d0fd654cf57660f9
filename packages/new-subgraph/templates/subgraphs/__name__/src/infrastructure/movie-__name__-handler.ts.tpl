import type { EventData } from '@marquee/events/topics';
import type { TopicHandler } from '@marquee/inbox-outbox/topic-handler';
import { apply__Name__ } from '../application/apply-__name__.ts';
import { postgres__Item__Writer } from './postgres-__item__-writer.ts';

/** Applies a batch of events within the inbox's transaction. */
export const handleMovie__Name__: TopicHandler<EventData['movie-__name__']> = (tx, { observed, deleted }) =>
  apply__Name__(postgres__Item__Writer(tx), {
    observed: observed.map(({ subject, data }) => ({ movieId: subject, data })),
    deleted: deleted.map(({ subject }) => ({ movieId: subject })),
  });
