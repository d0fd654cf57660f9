import { MarqueeError } from '@marquee/runtime/errors';
import type { Logger } from '@marquee/runtime/logger';
import type { PartitionBounds } from './event-log.ts';

/**
 * Returns the offset at which a consumer that stores its own offset begins to read.
 *
 * Below the first record, unread records were deleted: the consumer continues with the remaining ones, and the loss is logged as an error.
 * Beyond the end, the topic was created again or the log lost records. Neither skipping to the end nor starting over is right for
 * every consumer, so the partition is blocked until an operator decides.
 *
 * @throws MarqueeError `POSITION_BEYOND_END` (retryable)
 */
export function startingOffset(
  wanted: bigint,
  { first, end }: PartitionBounds,
  where: { group: string; topic: string; partition: number },
  logger: Logger,
): bigint {
  if (wanted > end) {
    throw new MarqueeError(
      'POSITION_BEYOND_END',
      `Group "${where.group}" has read ${where.topic}/${where.partition} up to offset ${wanted}, but its end is ${end}. ` +
        'The topic was made anew, or lost records: restore it, or delete the offset that the consumer keeps.',
      { retryable: true },
    );
  }
  if (wanted >= first) return wanted;
  logger.error(
    { ...where, wanted: String(wanted), first: String(first), lost: Number(first - wanted) },
    'records were deleted before the group read them; going on with the first left',
  );
  return first;
}
