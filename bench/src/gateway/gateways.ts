import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { composeServices } from '@apollo/composition';
import { freePort } from '@marquee/local-services/free-port';
import { parse } from 'graphql';
import { askServer, messageOf, startServer, stopServer, type Usage, untilReady } from '../server-process.ts';
import { SUBGRAPHS } from './graph.ts';

/** A measured server in a process of its own. */
export interface MeasuredServer {
  readonly origin: string;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

const PROBE = new URL('../servers/usage-probe.ts', import.meta.url);
const MAIN = new URL('../../../gateway/src/main.ts', import.meta.url);

/** Young generation of the gateway's image, for all gateways. */
const NODE_OPTIONS = '--max-semi-space-size=32';

/** Apollo Gateway has no limits, so ours are raised; they are still computed. */
const NO_LIMITS = Object.fromEntries(
  ['TOKENS', 'DEPTH', 'ALIASES', 'DIRECTIVES', 'REPEATS', 'SELECTIONS', 'COST'].map((of) => [`MAX_${of}`, '1000000']),
);

export const startSubgraphs = (port = 0) => startAnnounced('cheap-subgraphs', { PORT: String(port) });

/** Composes the bench's subgraphs, which are served at paths of one origin; `moreOfCritics` extends the schema of critics. */
export function supergraphText(subgraphs: string, moreOfCritics = ''): string {
  const { supergraphSdl, errors } = composeServices(
    Object.entries(SUBGRAPHS).map(([name, { typeDefs }]) => ({
      name,
      url: `${subgraphs}/${name}`,
      typeDefs: parse(name === 'critics' ? `${typeDefs} ${moreOfCritics}` : typeDefs),
    })),
  );
  if (supergraphSdl !== undefined) return supergraphSdl;
  throw new AggregateError(errors ?? [], 'The subgraphs of the bench do not compose.');
}

/** Writes the supergraph to a file and returns its path. */
export async function writeSupergraph(folder: string, subgraphs: string): Promise<string> {
  const file = path.join(folder, 'supergraph.graphql');
  await writeFile(file, supergraphText(subgraphs));
  return file;
}

/** Starts Apollo Gateway in Apollo Server, the reference. */
export const startApollo = (supergraph: string) =>
  startAnnounced('apollo-gateway', { SUPERGRAPH: supergraph, NODE_OPTIONS });

/** Starts Apollo Server with this gateway in place of Apollo Gateway. */
export const startCompiled = (supergraph: string, env: Record<string, string> = {}) =>
  startAnnounced('compiled-gateway', { SUPERGRAPH: supergraph, NODE_OPTIONS, ...env });

/** Starts this gateway with its defaults and these settings. */
export async function startMarquee(supergraph: string, env: Record<string, string> = {}): Promise<MeasuredServer> {
  const port = await freePort();
  const child = startServer(MAIN, {
    env: { SUPERGRAPH: supergraph, PORT: String(port), NODE_OPTIONS, ...NO_LIMITS, ...env },
    preload: PROBE,
  });
  const origin = `http://127.0.0.1:${port}`;
  await untilReady(child, `${origin}/readyz`);
  return measured(child, origin);
}

/** Starts a server of the bench, which announces its port. */
export async function startAnnounced(name: string, env: Record<string, string>): Promise<MeasuredServer> {
  const child = startServer(new URL(`../servers/${name}.ts`, import.meta.url), { env, preload: PROBE });
  const { port } = await messageOf<{ readonly port: number }>(child, (message) => 'port' in message);
  return measured(child, `http://127.0.0.1:${port}`);
}

const measured = (child: ReturnType<typeof startServer>, origin: string): MeasuredServer => ({
  origin,
  usage: () => askServer<Usage>(child, { ask: 'usage' }),
  stop: () => stopServer(child),
});
