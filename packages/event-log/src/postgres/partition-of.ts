const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;

/**
 * Returns the partition of a key as Kafka's default partitioner computes it: murmur2 of the key without its sign, modulo the number of
 * partitions (`org.apache.kafka.clients.producer.internals.BuiltInPartitioner`). A topic that moves between the logs keeps its partitions.
 */
export function partitionOf(key: Buffer, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}

/** MurmurHash2, 32 bits: https://github.com/aappleby/smhasher/blob/master/src/MurmurHash2.cpp */
function murmur2(key: Buffer): number {
  let hash = SEED ^ key.length;
  const end = key.length - (key.length % 4);
  for (let index = 0; index < end; index += 4) {
    const block = Math.imul(key.readInt32LE(index), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(block ^ (block >>> 24), MULTIPLIER);
  }
  if (end < key.length) hash = Math.imul(hash ^ key.readUIntLE(end, key.length - end), MULTIPLIER);
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}
