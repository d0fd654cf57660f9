import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { metricsOf, sha256sIn } from './served-supergraph.ts';

const PAUSE_MS = 1_000;
const KUBECTL_TIMEOUT_MS = 20_000;

/** Reads a pod's metrics in the pod itself: network policies deny other access. */
const READ_METRICS = `fetch('http://127.0.0.1:4000/metrics').then(async (response) => process.stdout.write(await response.text()))`;

interface Gateway {
  readonly name: string;
  /** Hashes of its supergraphs: two while its workers reload; undefined without a response. */
  readonly sha256s: readonly string[] | undefined;
}

/**
 * Waits until every gateway serves only this supergraph.
 *
 * @param addresses of the gateways; empty for all in the cluster of kubectl's context
 * @throws MarqueeError `GATEWAYS_BEHIND` (exit code 1) with their names; `CLUSTER_UNREACHABLE` (exit code 3)
 */
export async function waitUntilServed(
  supergraph: string,
  addresses: readonly string[],
  timeoutMs: number,
): Promise<readonly string[]> {
  const sha256 = createHash('sha256').update(supergraph).digest('hex');
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const gateways = addresses.length > 0 ? await Promise.all(addresses.map(atAddress)) : await inCluster();
    const behind = gateways.filter(({ sha256s }) => sha256s?.length !== 1 || sha256s[0] !== sha256);
    if (gateways.length > 0 && behind.length === 0) return gateways.map(({ name }) => name);
    if (performance.now() + PAUSE_MS > deadline) {
      const names = behind.map(({ name, sha256s }) => `${name} (${sha256s?.join(' and ') ?? 'no response'})`);
      const which = gateways.length === 0 ? 'No gateway runs.' : `Gateways that do not: ${names.join(', ')}.`;
      const message = `Not every gateway serves the supergraph ${sha256} after ${timeoutMs / 1_000} s. ${which}`;
      throw new MarqueeError('GATEWAYS_BEHIND', message, { exitCode: EXIT.failed });
    }
    await sleep(PAUSE_MS);
  }
}

async function atAddress(name: string): Promise<Gateway> {
  return { name, sha256s: await metricsOf(name).then(sha256sIn, () => undefined) };
}

async function inCluster(): Promise<Gateway[]> {
  const selection = ['--selector', 'app.kubernetes.io/name=gateway', '--field-selector', 'status.phase=Running'];
  const names = await kubectl('get', 'pods', ...selection, '--output', 'name').catch((cause: unknown) => {
    const message = `The gateways in the cluster cannot be listed: ${messageOf(cause)}`;
    throw new MarqueeError('CLUSTER_UNREACHABLE', message, { cause, exitCode: EXIT.unreachable });
  });
  const pods = names.split('\n').filter((name) => name !== '');
  return Promise.all(
    pods.map(async (name) => {
      // A pod that has ended meanwhile is not listed the next time.
      const metrics = kubectl('exec', name, '--container', 'gateway', '--', 'node', '--eval', READ_METRICS);
      return { name, sha256s: await metrics.then(sha256sIn, () => undefined) };
    }),
  );
}

async function kubectl(...args: string[]): Promise<string> {
  const options = { timeout: KUBECTL_TIMEOUT_MS, maxBuffer: 64 * 2 ** 20 };
  const { stdout } = await promisify(execFile)('kubectl', ['--namespace', 'marquee', ...args], options);
  return stdout;
}
