import { createHash } from 'node:crypto';
import { ApolloGateway } from '@apollo/gateway';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import type { ProcessContext } from '@marquee/runtime/process';
import { Counter, Gauge } from 'prom-client';
import { type ReloadOutcome, reloadSupergraph, type SupergraphSource } from '../application/supergraph-reloading.ts';
import type { SubgraphClient } from './subgraph-client.ts';
import { checkSupergraph, type SubgraphUrls } from './supergraph-check.ts';

export interface GatewayOptions {
  readonly source: SupergraphSource;
  readonly subgraphUrls: SubgraphUrls;
  readonly client: SubgraphClient;
  /** Size, as JSON, of the query plans that are kept, in MiB. */
  readonly planCacheMiB: number;
}

/**
 * An ApolloGateway that serves the source's supergraph and follows its changes, each counted in
 * `marquee_supergraph_reloads_total{outcome}`; `marquee_supergraph_info{sha256}` tells which one is served.
 *
 * @throws MarqueeError `SUPERGRAPH_UNREADABLE`, `SUPERGRAPH_INVALID` or `INVALID_CONFIG` (exit code 2) for what is there at the start.
 */
export async function createApolloGateway(ctx: ProcessContext, options: GatewayOptions): Promise<ApolloGateway> {
  const { source, subgraphUrls, client, planCacheMiB } = options;
  const initial = await source.read();
  const check = (text: string) => checkSupergraph(source.name, text, subgraphUrls);
  checkNames(subgraphUrls, check(initial));

  const reloads = new Counter({
    name: 'marquee_supergraph_reloads_total',
    help: 'Changes of the supergraph: loaded, refused because invalid, or unreadable.',
    labelNames: ['outcome'] as const,
    registers: [ctx.metrics],
  });
  for (const outcome of ['loaded', 'refused', 'unreadable'] satisfies ReloadOutcome[]) reloads.inc({ outcome }, 0);
  const info = new Gauge({
    name: 'marquee_supergraph_info',
    help: 'The supergraph that is served, by the SHA-256 of its text: 1.',
    labelNames: ['sha256'] as const,
    registers: [ctx.metrics],
  });
  const tell = (text: string) => {
    info.reset();
    info.set({ sha256: createHash('sha256').update(text).digest('hex') }, 1);
  };
  tell(initial);
  const report = (outcome: ReloadOutcome, error?: unknown) => {
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

  // ApolloGateway looks for cloud metadata and reports to Apollo unless the environment says no.
  process.env.APOLLO_TELEMETRY_DISABLED = 'true';
  return new ApolloGateway({
    logger: ctx.logger,
    __exposeQueryPlanExperimental: false,
    experimental_approximateQueryPlanStoreMiB: planCacheMiB,
    validateSupergraph: true,
    buildService: ({ name, url = '' }) => client({ name, url: subgraphUrls.get(name) ?? url }),
    supergraphSdl: async ({ update }) => {
      const serve = (text: string) => {
        update(text);
        tell(text);
      };
      const end = reloadSupergraph({ source, served: initial, check, serve, report });
      return { supergraphSdl: initial, cleanup: async () => end() };
    },
  });
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
