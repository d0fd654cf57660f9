import { MarqueeError } from '@marquee/runtime/errors';
import type { Logger } from '@marquee/runtime/logger';

/** The offsets that a partition holds: of its first record, and the one that its next record will get. */
export interface PartitionBounds {
  first: bigint;
  end: bigint;
}

/**
 * Returns the offset at which a consumer that stores its own offset begins to read.
 *
 * Below the first record, retention has deleted what the consumer had not read: it goes on with what is left, and the log says so.
 * Beyond the end, the topic was made anew or the log lost records. Neither skipping to the end nor starting over is right for
 * every consumer, so the partition is held until somebody puts one of the two in order.
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
  logger.warn(
    { ...where, wanted, first },
    'records were deleted before the group read them; going on with the first left',
  );
  return first;
}
