import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { z } from 'zod';
import type { Catalogue } from './catalogue.ts';
import { readCatalogue, SAMPLE_CATALOGUE } from './catalogue-file.ts';
import { type Faults, faultsSchema } from './faults.ts';
import { createSyntheticCatalogue } from './synthetic-catalogue.ts';

/** Returns the catalogue that the options select: synthetic, of a file, or the sample. @throws MarqueeError `INVALID_OPTIONS` (exit code 2) */
export async function servedCatalogue(options: {
  readonly catalogue?: string;
  readonly synthetic?: number;
  readonly seed: number;
}): Promise<Catalogue> {
  if (options.synthetic === undefined) return readCatalogue(options.catalogue ?? SAMPLE_CATALOGUE);
  if (options.catalogue !== undefined) throw invalidOptions('--catalogue and --synthetic exclude each other');
  return createSyntheticCatalogue(options.synthetic, options.seed);
}

/** Returns the faults among the options. @throws MarqueeError `INVALID_OPTIONS` (exit code 2) */
export function faultsOf(options: object): Faults {
  const known = Object.entries(options).filter(([name]) => Object.hasOwn(faultsSchema.shape, name));
  const result = faultsSchema.safeParse(Object.fromEntries(known));
  if (!result.success) throw invalidOptions(z.prettifyError(result.error));
  return result.data;
}

function invalidOptions(message: string): MarqueeError {
  return new MarqueeError('INVALID_OPTIONS', message, { exitCode: EXIT.usage });
}
