/** Number of partitions of one broker that are handled at the same time: all of a fetch, so that they can commit together. */
export const CONCURRENT_PARTITIONS = 16;
/**
 * Compressed bytes of a fetch, and of one of its partitions. A consumer holds a whole fetch, decompressed to several times as many bytes,
 * until all of its batches are handled.
 */
export const FETCH_BYTES = 1_000_000;
export const FETCH_PARTITION_BYTES = 100_000;
