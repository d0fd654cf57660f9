import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { buildASTSchema, type GraphQLSchema, parse, print, stripIgnoredCharacters } from 'graphql';
import type { ExecutableSupergraph } from '../execution/executable-supergraph.ts';
import { type PlannerOptions, startPlanner } from './planner/planner.ts';
import { PlannerThreadEnded } from './planner/planner-thread.ts';

/** Addresses of subgraphs by name, which override those of the supergraph. */
export type SubgraphUrls = ReadonlyMap<string, string>;

/** A loaded supergraph with its planner. */
export interface LoadedSupergraph {
  readonly supergraph: ExecutableSupergraph;
  /** Ends the planner after the operations that wait. */
  close(): Promise<void>;
}

/**
 * Loads a supergraph in a planner thread of its own.
 *
 * @param source name for the message
 * @throws MarqueeError `SUPERGRAPH_INVALID` (exit code 2)
 */
export async function loadSupergraph(
  source: string,
  sdl: string,
  urls: SubgraphUrls,
  options: PlannerOptions,
): Promise<LoadedSupergraph> {
  const planner = await startPlanner(sdl, options).catch((error: unknown) => {
    if (error instanceof PlannerThreadEnded) throw invalid(source, TOO_LARGE[error.end], error.cause);
    throw error;
  });
  if ('reasons' in planner) throw invalid(source, planner.reasons.join('; '));
  const { description, close } = planner;
  for (const { name, url } of description.subgraphs) {
    const address = urls.get(name) ?? url;
    if (isHttpUrl(address)) continue;
    await close();
    throw invalid(
      source,
      `the subgraph ${name} has no http address but ${JSON.stringify(address)}; SUBGRAPH_URLS can give it one`,
    );
  }
  return {
    supergraph: {
      ...description,
      apiSchema: schemaOf(description.apiSchema),
      fullSchema: schemaOf(description.fullSchema),
      keepWarm: planner.keepWarm,
      plan: (operation, overrides) => planner.plan({ text: stripIgnoredCharacters(print(operation)), overrides }),
    },
    close,
  };
}

const TOO_LARGE = {
  timeout: 'it takes too long to be read',
  out_of_memory: 'it takes more memory than PLANNER_HEAP_MIB allows',
  crash: 'the planner ended while it was read',
};

/** Builds a schema from SDL that the planner thread has validated. */
function schemaOf(sdl: string): GraphQLSchema {
  return buildASTSchema(parse(sdl, { noLocation: true }), { assumeValid: true, assumeValidSDL: true });
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
