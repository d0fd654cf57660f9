import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');

/** Environment of all processes, with the Kafka client of this one. They share what V8 compiled, since a case starts and kills many. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? '',
  ...(process.env.KAFKA_CLIENT && { KAFKA_CLIENT: process.env.KAFKA_CLIENT }),
  NODE_COMPILE_CACHE: path.join(ROOT, 'node_modules/.cache/node'),
};
