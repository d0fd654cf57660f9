import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { buildASTSchema, type GraphQLSchema, parse, print, stripIgnoredCharacters } from 'graphql';
import type { ExecutableSupergraph } from '../execution/executable-supergraph.ts';
import { type PlannerOptions, startPlanner } from './planner/planner.ts';
import { ThreadEnded } from './planner/planner-thread.ts';

/** The address of each subgraph by name, in place of the one that the supergraph gives. */
export type SubgraphUrls = ReadonlyMap<string, string>;

/** A supergraph that can be served until it is closed. */
export interface ReadSupergraph {
  readonly supergraph: ExecutableSupergraph;
  /** Plans what is waiting to be planned, and no more. */
  close(): Promise<void>;
}

/**
 * Makes a supergraph ready to be served, or says why it cannot be. It is read, and operations are planned, in a thread of its own.
 *
 * @param source where it comes from, for the message
 * @throws MarqueeError `SUPERGRAPH_INVALID` (exit code 2).
 */
export async function readSupergraph(
  source: string,
  sdl: string,
  urls: SubgraphUrls,
  options: PlannerOptions,
): Promise<ReadSupergraph> {
  const planner = await startPlanner(sdl, options).catch((error: unknown) => {
    if (error instanceof ThreadEnded) throw invalid(source, TOO_LARGE[error.end], error.cause);
    throw error;
  });
  if ('reasons' in planner) throw invalid(source, planner.reasons.join('; '));
  const { facts, close } = planner;
  for (const { name, url } of facts.subgraphs) {
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
      ...facts,
      apiSchema: schemaOf(facts.apiSchema),
      fullSchema: schemaOf(facts.fullSchema),
      keepWarm: planner.keepWarm,
      plan: (document, operationName, overrides) =>
        planner.plan({ text: stripIgnoredCharacters(print(document)), operationName, overrides }),
    },
    close,
  };
}

const TOO_LARGE = {
  timeout: 'it takes too long to be read',
  out_of_memory: 'it takes more memory than PLANNER_HEAP_MIB allows',
  crash: 'the planner ended while it was read',
};

/** Of SDL that was valid where it was printed. */
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
