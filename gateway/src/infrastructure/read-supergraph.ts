import { errorCauses } from '@apollo/federation-internals';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { assertValidSchema } from 'graphql';
import { type PlannedSupergraph, planSupergraph } from '../execution/supergraph.ts';

/** The address of each subgraph by name, in place of the one that the supergraph gives. */
export type SubgraphUrls = ReadonlyMap<string, string>;

/**
 * Makes a supergraph ready to be served, or says why it cannot be.
 *
 * @param source where it comes from, for the message
 * @throws MarqueeError `SUPERGRAPH_INVALID` (exit code 2).
 */
export function readSupergraph(source: string, sdl: string, urls: SubgraphUrls): PlannedSupergraph {
  let supergraph: PlannedSupergraph;
  try {
    supergraph = planSupergraph(sdl);
    assertValidSchema(supergraph.apiSchema);
  } catch (cause) {
    throw invalid(source, reasons(cause).join('; '), cause);
  }
  for (const { name, url } of supergraph.subgraphs) {
    const address = urls.get(name) ?? url;
    if (!isHttpUrl(address)) {
      throw invalid(
        source,
        `the subgraph ${name} has no http address but ${JSON.stringify(address)}; SUBGRAPH_URLS can give it one`,
      );
    }
  }
  return supergraph;
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
