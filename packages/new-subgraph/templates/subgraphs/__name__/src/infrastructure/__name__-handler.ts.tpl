import type { EventData } from '@marquee/events/topics';
import type { TopicHandler } from '@marquee/inbox-outbox/topic-handler';
import { apply__Name__ } from '../application/apply-__name__.ts';
import { __item__Writer } from './__item__-writer.ts';

/** Applies a batch of events within the inbox's transaction. */
export const handle__Name__: TopicHandler<EventData['movie-__name__']> = (tx, changes) =>
  apply__Name__(__item__Writer(tx), changes);
