import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { buildASTSchema, type GraphQLSchema, parse, print, stripIgnoredCharacters } from 'graphql';
import type { ExecutableSupergraph } from '../execution/executable-supergraph.ts';
import type { RequestSubgraph } from '../execution/execution-context.ts';
import type { SubgraphSubscriber, SubscribeSubgraph } from '../subgraphs/events/subscribe-subgraph.ts';
import type { SubgraphClient, SubgraphRequestContext } from '../subgraphs/subgraph-client.ts';
import { type PlannerOptions, startPlanner } from './planner/planner.ts';
import { PlannerThreadEnded } from './planner/planner-thread.ts';

/** Addresses of subgraphs by name, which override those of the supergraph. */
export type SubgraphUrls = ReadonlyMap<string, string>;

/** A supergraph with its planner and the way to its subgraphs. A request ends on the supergraph on which it began. */
export interface Supergraph<Context = SubgraphRequestContext> extends ExecutableSupergraph {
  readonly sdl: string;
  readonly requestSubgraph: RequestSubgraph<Context>;
  /** Undefined where subscriptions are not executed. */
  readonly subscribeSubgraph: SubscribeSubgraph<Context> | undefined;
  /** Keeps the planner running for the next operation; called for each request of a client. */
  keepWarm(): void;
  /** Ends the planner after the operations that wait. */
  close(): Promise<void>;
}

export interface LoadOptions<Context = SubgraphRequestContext> {
  /** Undefined when the client needs no addresses. */
  readonly subgraphUrls: SubgraphUrls | undefined;
  readonly client: SubgraphClient<Context>;
  /** Undefined where subscriptions are not executed. */
  readonly subscriber?: SubgraphSubscriber<Context> | undefined;
  readonly planner: PlannerOptions;
  /** True when compiled plans keep their query plans, for clients that request them. */
  readonly keepsQueryPlans?: boolean;
}

/**
 * Loads a supergraph in a planner thread of its own.
 *
 * @param name name of the source in messages
 * @throws MarqueeError `SUPERGRAPH_INVALID` (exit code 2)
 */
export async function loadSupergraph<Context>(
  name: string,
  sdl: string,
  { subgraphUrls, client, subscriber, planner: options, keepsQueryPlans = false }: LoadOptions<Context>,
): Promise<Supergraph<Context>> {
  const planner = await startPlanner(sdl, options).catch((error: unknown) => {
    if (error instanceof PlannerThreadEnded) throw invalid(name, TOO_LARGE[error.end], error.cause);
    throw error;
  });
  if ('reasons' in planner) throw invalid(name, planner.reasons.join('; '));
  const { description, keepWarm, close } = planner;
  const urls = new Map(description.subgraphs.map(({ name, url }) => [name, subgraphUrls?.get(name) ?? url]));
  for (const [subgraph, url] of urls) {
    if (subgraphUrls === undefined || isHttpUrl(url)) continue;
    await close();
    throw invalid(
      name,
      `the subgraph ${subgraph} has no http address but ${JSON.stringify(url)}; SUBGRAPH_URLS can give it one`,
    );
  }
  return {
    ...description,
    sdl,
    apiSchema: schemaOf(description.apiSchema),
    fullSchema: schemaOf(description.fullSchema),
    plan: (operation, overrides) => planner.plan({ text: stripIgnoredCharacters(print(operation)), overrides }),
    requestSubgraph: client((subgraph) => urls.get(subgraph)),
    subscribeSubgraph: subscriber?.((subgraph) => urls.get(subgraph)),
    keepsQueryPlans,
    keepWarm,
    close,
  };
}

const TOO_LARGE = {
  timeout: 'loading it takes too long',
  out_of_memory: 'loading it takes more memory than PLANNER_HEAP_MIB allows',
  crash: 'the planner ended while it loaded it',
};

/** Builds a schema from SDL that the planner thread has validated. */
function schemaOf(sdl: string): GraphQLSchema {
  return buildASTSchema(parse(sdl, { noLocation: true }), { assumeValid: true, assumeValidSDL: true });
}

function invalid(name: string, reason: string, cause?: unknown): MarqueeError {
  return new MarqueeError('SUPERGRAPH_INVALID', `The supergraph ${name} is invalid: ${reason}`, {
    cause,
    exitCode: EXIT.usage,
  });
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}
