import { availableParallelism } from 'node:os';
import { z } from 'zod';

const MOST = 256;

/** `WORKERS`: the number of worker processes; `auto`, or 0, is one for each core. */
export const workerFields = {
  WORKERS: z
    .string()
    .default('1')
    .refine(
      (text) => text === 'auto' || (/^\d{1,3}$/.test(text) && +text <= MOST),
      `must be auto or a whole number from 0 to ${MOST}`,
    )
    .transform((text) => (text === 'auto' ? 0 : +text) || availableParallelism()),
};
