import { composeServices } from '@apollo/composition';
import compositionPackage from '@apollo/composition/package.json' with { type: 'json' };
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { GraphQLError, parse } from 'graphql';
import type { Subgraph, SupergraphConfig } from './supergraph-config.ts';

/**
 * Composes the configured subgraphs. The text ends with a line break and equals byte for byte the output of
 * `rover supergraph compose --config supergraph.yaml`.
 *
 * @throws MarqueeError `COMPOSITION_FAILED`: a line for each error, with the subgraphs that cause it.
 * @throws MarqueeError `FEDERATION_VERSION` (exit code 2): the configuration names another version than the installed one.
 */
export function compose({ federationVersion, subgraphs }: SupergraphConfig): string {
  const installed = compositionPackage.version;
  if (federationVersion !== installed) {
    throw new MarqueeError(
      'FEDERATION_VERSION',
      `federation_version is ${federationVersion}, but @apollo/composition ${installed} is installed: make them the same.`,
      { exitCode: EXIT.usage },
    );
  }
  const errors: string[] = [];
  const services = subgraphs.flatMap((subgraph) => {
    const typeDefs = parseSchema(subgraph, errors);
    return typeDefs === undefined ? [] : [{ name: subgraph.name, url: subgraph.url, typeDefs }];
  });
  if (errors.length > 0) throw failed(errors);
  const result = composeServices(services);
  if (result.errors !== undefined) throw failed(result.errors.map((error) => describe(error, services)));
  return `${result.supergraphSdl}\n`;
}

function parseSchema({ name, file, sdl }: Subgraph, errors: string[]) {
  try {
    return parse(sdl);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const at = error.locations?.[0];
    errors.push(`[${name}] ${file}:${at?.line ?? 1}:${at?.column ?? 1}: ${error.message}`);
    return undefined;
  }
}

/**
 * Formats an error as `[subgraphs] CODE: message`. An error within one subgraph begins with its name; one between several marks
 * its nodes, or quotes their names.
 */
function describe(error: GraphQLError, subgraphs: readonly { name: string }[]): string {
  const [, own, message = error.message] = /^\[([^\]]+)\] (.*)$/s.exec(error.message) ?? [];
  const marked = new Set((error.nodes ?? []).map((node) => (node as { subgraph?: string }).subgraph));
  const concerned = subgraphs.filter(({ name }) => marked.has(name) || message.includes(`"${name}"`));
  const names = own ?? concerned.map(({ name }) => name).join(', ');
  const code = error.extensions.code === undefined ? '' : `${error.extensions.code}: `;
  return `${names === '' ? '' : `[${names}] `}${code}${message}`;
}

function failed(errors: readonly string[]): MarqueeError {
  return new MarqueeError(
    'COMPOSITION_FAILED',
    ['The subgraphs do not compose:', ...errors.map((e) => `  ${e}`)].join('\n'),
  );
}
