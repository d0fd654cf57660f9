import { errorCauses, Supergraph } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { assertValidSchema } from 'graphql';

/** The address of each subgraph by name, in place of the one that the supergraph gives. */
export type SubgraphUrls = ReadonlyMap<string, string>;

/**
 * Everything that serving a supergraph needs of it, tried beforehand: ApolloGateway changes its state step by step, and an
 * error in a late step would leave it between two supergraphs.
 *
 * @param source where it comes from, for the message
 * @returns the names of its subgraphs.
 * @throws MarqueeError `SUPERGRAPH_INVALID` (exit code 2).
 */
export function checkSupergraph(source: string, sdl: string, urls: SubgraphUrls): string[] {
  let subgraphs: readonly { name: string; url: string }[];
  try {
    const supergraph = Supergraph.build(sdl, { validateSupergraph: true });
    assertValidSchema(supergraph.apiSchema().toGraphQLJSSchema());
    new QueryPlanner(supergraph);
    subgraphs = supergraph.subgraphsMetadata();
  } catch (cause) {
    throw invalid(source, reasons(cause).join('; '), cause);
  }
  for (const { name, url } of subgraphs) {
    const address = urls.get(name) ?? url;
    if (!isHttpUrl(address)) {
      throw invalid(
        source,
        `the subgraph ${name} has no http address but ${JSON.stringify(address)}; SUBGRAPH_URLS can give it one`,
      );
    }
  }
  return subgraphs.map(({ name }) => name);
}

const MAX_REASONS = 5;

function reasons(error: unknown): string[] {
  const causes = (error instanceof Error && errorCauses(error)) || [error];
  const messages = causes.slice(0, MAX_REASONS).map(messageOf);
  return causes.length > MAX_REASONS ? [...messages, `and ${causes.length - MAX_REASONS} more`] : messages;
}

function invalid(source: string, reason: string, cause?: unknown): MarqueeError {
  return new MarqueeError('SUPERGRAPH_INVALID', `The supergraph ${source} is invalid: ${reason}`, {
    cause,
    exitCode: EXIT.usage,
  });
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}
