import { createHash } from 'node:crypto';
import type { GatewayInterface, GatewaySchemaLoadOrUpdateCallback } from '@apollo/server-gateway-interface';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import type { ProcessContext } from '@marquee/runtime/process';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { Counter, Gauge } from 'prom-client';
import { type ReloadOutcome, reloadSupergraph, type SupergraphSource } from '../application/supergraph-reloading.ts';
import { JsonText } from '../execution/answer-text.ts';
import { createEngine, type Engine } from '../execution/engine.ts';
import { type Answer, OperationRefused } from '../execution/operation.ts';
import type { AnswerError, AskSubgraph } from '../execution/run.ts';
import type { PlannedSupergraph } from '../execution/supergraph.ts';
import { readSupergraph, type SubgraphUrls } from './read-supergraph.ts';
import type { AskingContext, SubgraphClient } from './subgraph-client.ts';

export interface GatewayOptions {
  readonly source: SupergraphSource;
  readonly subgraphUrls: SubgraphUrls;
  readonly client: SubgraphClient;
  /** What the compiled operations that are kept may take, about, in bytes. */
  readonly planCacheBytes: number;
}

/** A supergraph that is served: an operation that was validated by its schema is executed on it, also after a change. */
interface Served {
  readonly engine: Engine;
  readonly ask: AskSubgraph<AskingContext>;
}

/**
 * A gateway that serves the source's supergraph and follows its changes, each counted in
 * `marquee_supergraph_reloads_total{outcome}`; `marquee_supergraph_info{sha256}` tells which one is served. The data of its answers is {@link JsonText}.
 *
 * @throws MarqueeError `SUPERGRAPH_UNREADABLE`, `SUPERGRAPH_INVALID` or `INVALID_CONFIG` (exit code 2) for what is there at the start.
 */
export async function createSupergraphGateway(ctx: ProcessContext, options: GatewayOptions): Promise<GatewayInterface> {
  const { source, subgraphUrls, client, planCacheBytes } = options;
  const text = await source.read();
  const read = (sdl: string) => readSupergraph(source.name, sdl, subgraphUrls);
  const first = read(text);
  checkNames(
    subgraphUrls,
    first.subgraphs.map(({ name }) => name),
  );

  const info = new Gauge({
    name: 'marquee_supergraph_info',
    help: 'The supergraph that is served, by the SHA-256 of its text: 1.',
    labelNames: ['sha256'] as const,
    registers: [ctx.metrics],
  });
  const served = new WeakMap<GraphQLSchema, Served>();
  const listeners = new Set<GatewaySchemaLoadOrUpdateCallback>();
  const serve = (sdl: string, supergraph: PlannedSupergraph) => {
    const urls = new Map(supergraph.subgraphs.map(({ name, url }) => [name, subgraphUrls.get(name) ?? url]));
    served.set(supergraph.apiSchema, {
      engine: createEngine(supergraph, planCacheBytes),
      ask: client((subgraph) => urls.get(subgraph)),
    });
    info.reset();
    info.set({ sha256: createHash('sha256').update(sdl).digest('hex') }, 1);
    for (const listener of listeners) listener({ apiSchema: supergraph.apiSchema, coreSupergraphSdl: sdl });
  };

  let end = () => {};
  return {
    onSchemaLoadOrUpdate(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async load() {
      serve(text, first);
      end = reloadSupergraph({ source, served: text, read, serve, report: reporter(ctx) });
      return {
        async executor({ schema, queryHash, document, operation, request, context }) {
          const { engine, ask } = served.get(schema) as Served;
          const compiled = engine.operation(queryHash, document, operation);
          let answer: Answer;
          try {
            answer = await compiled.execute(request.variables ?? {}, context as AskingContext, ask);
          } catch (error) {
            if (error instanceof OperationRefused) return { errors: error.errors };
            throw error;
          }
          return {
            data: new JsonText(answer.data) as unknown as Record<string, unknown>,
            ...(answer.errors.length > 0 && { errors: answer.errors.map(toError) }),
            ...(answer.valueCompletion.length > 0 && { extensions: { valueCompletion: answer.valueCompletion } }),
          };
        },
      };
    },
    async stop() {
      end();
    },
  };
}

function toError({ message, path, extensions }: AnswerError): GraphQLError {
  return new GraphQLError(message, { path: path ?? null, extensions });
}

/** Counts and logs what comes of each change. */
function reporter(ctx: ProcessContext): (outcome: ReloadOutcome, error?: unknown) => void {
  const reloads = new Counter({
    name: 'marquee_supergraph_reloads_total',
    help: 'Changes of the supergraph: loaded, refused because invalid, or unreadable.',
    labelNames: ['outcome'] as const,
    registers: [ctx.metrics],
  });
  for (const outcome of ['loaded', 'refused', 'unreadable'] satisfies ReloadOutcome[]) reloads.inc({ outcome }, 0);
  return (outcome, error) => {
    reloads.inc({ outcome });
    if (outcome === 'loaded') {
      ctx.logger.info('another supergraph is served from now on');
      return;
    }
    const { code, message } = error instanceof MarqueeError ? error : { code: 'UNEXPECTED', message: String(error) };
    ctx.logger.error(
      { code, reason: message, err: error },
      'the new supergraph is refused; the one before goes on serving',
    );
  };
}

function checkNames(urls: SubgraphUrls, names: readonly string[]): void {
  const unknown = [...urls.keys()].filter((name) => !names.includes(name));
  if (unknown.length === 0) return;
  throw new MarqueeError(
    'INVALID_CONFIG',
    `SUBGRAPH_URLS names ${unknown.join(', ')}, which the supergraph does not have: it has ${names.join(', ')}.`,
    { exitCode: EXIT.usage },
  );
}
