import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';

/** A name that is one of a Service and a file, too. */
export const SUBGRAPH_NAME = /^[a-z][a-z0-9_-]*$/;

const schema = z.strictObject({
  federation_version: z.string().regex(/^=2\.\d+\.\d+$/, 'must be one exact version of Federation 2, like =2.14.4'),
  subgraphs: z.record(
    z.string().regex(SUBGRAPH_NAME),
    z.strictObject({ routing_url: z.url(), schema: z.strictObject({ file: z.string() }) }),
  ),
});

/** What rover's configuration file says: the one list of subgraphs, their addresses and their schemas. */
export interface SupergraphConfig {
  /** Version of Federation to compose with, for example 2.14.4. */
  readonly federationVersion: string;
  readonly subgraphs: readonly Subgraph[];
}

export interface Subgraph {
  readonly name: string;
  readonly url: string;
  /** Path of the schema. */
  readonly file: string;
  /** Text of the schema. */
  readonly sdl: string;
}

/** Reads the configuration and the schemas that it names; throws MarqueeError `INVALID_SUPERGRAPH_CONFIG` (exit code 2). */
export function readSupergraphConfig(path: string): SupergraphConfig {
  const result = schema.safeParse(attempt(path, () => parseYaml(readFileSync(path, 'utf8'))));
  if (!result.success) throw invalid(path, z.prettifyError(result.error).replaceAll('\n', ' '));
  const { federation_version, subgraphs } = result.data;
  return {
    federationVersion: federation_version.slice(1),
    subgraphs: Object.entries(subgraphs).map(
      ([
        name,
        {
          routing_url,
          schema: { file },
        },
      ]) => ({
        name,
        url: routing_url,
        file,
        sdl: attempt(path, () => readFileSync(resolve(dirname(path), file), 'utf8')),
      }),
    ),
  };
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw invalid(path, messageOf(error));
  }
}

function invalid(path: string, reason: string): MarqueeError {
  return new MarqueeError('INVALID_SUPERGRAPH_CONFIG', `${path}: ${reason}`, { exitCode: EXIT.usage });
}
