import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';

/** The registry of the repository, relative to its root. */
export const REGISTRY_FILE = 'supergraph.yaml';

/** Names that are valid for a Kubernetes Service and a file, too. */
export const SUBGRAPH_NAME = /^[a-z][a-z0-9_-]*$/;

const schema = z.strictObject({
  federation_version: z.string().regex(/^=2\.\d+\.\d+$/, 'must be one exact version of Federation 2, like =2.14.4'),
  subgraphs: z
    .record(
      z.string(),
      z.strictObject({
        routing_url: z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }),
        schema: z.strictObject({ file: z.string() }),
      }),
    )
    .check(({ value, issues }) => {
      const names = new Map<string, string>();
      for (const [name, { routing_url }] of Object.entries(value)) {
        if (!SUBGRAPH_NAME.test(name)) {
          const message = 'must be lower-case letters, digits, - and _, beginning with a letter';
          issues.push({ code: 'custom', input: name, path: [name], message });
        }
        const existing = names.get(routing_url);
        if (existing === undefined) names.set(routing_url, name);
        else {
          const message = `is ${routing_url}, as that of ${existing} is; give each subgraph its own`;
          issues.push({ code: 'custom', input: routing_url, path: [name, 'routing_url'], message });
        }
      }
    }),
});

/** The subgraphs of a supergraph in rover's configuration file. */
export interface Registry {
  /** Version of Federation to compose with, for example 2.14.4. */
  readonly federationVersion: string;
  readonly subgraphs: readonly RegisteredSubgraph[];
}

export interface RegisteredSubgraph {
  readonly name: string;
  /** Address of its GraphQL endpoint. */
  readonly url: string;
  /** TCP port of that address; a subgraph listens at the same one wherever it runs. */
  readonly port: number;
  /** Path of the schema, as the file has it: relative to its folder. */
  readonly file: string;
  /** Absolute path of the schema. */
  readonly schemaPath: string;
}

/** Reads and checks the registry in a file; throws MarqueeError `INVALID_SUPERGRAPH_CONFIG` (exit code 2) with every mistake. */
export function readRegistry(path: string): Registry {
  const result = schema.safeParse(attempt(path, () => parseYaml(readFileSync(path, 'utf8'))));
  if (!result.success) throw invalidRegistry(path, z.prettifyError(result.error).replaceAll('\n', ' '));
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
        port: portOf(new URL(routing_url)),
        file,
        schemaPath: resolve(dirname(path), file),
      }),
    ),
  };
}

/** Returns the environment variable of the local stack that sets a subgraph's port: `MOVIES_PORT`. */
export function portVariable(subgraph: string): string {
  return `${subgraph.replaceAll('-', '_').toUpperCase()}_PORT`;
}

/** Returns the text of a subgraph's schema; throws MarqueeError `INVALID_SUPERGRAPH_CONFIG` (exit code 2). */
export function readSchema(path: string, { schemaPath }: RegisteredSubgraph): string {
  return attempt(path, () => readFileSync(schemaPath, 'utf8'));
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw invalidRegistry(path, messageOf(error));
  }
}

/** URLs leave out the default port of their protocol. */
function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

function invalidRegistry(path: string, reason: string): MarqueeError {
  return new MarqueeError('INVALID_SUPERGRAPH_CONFIG', `${path}: ${reason}`, { exitCode: EXIT.usage });
}
