import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';

const TIMEOUT_MS = 10_000;

/**
 * Reads the supergraph of a running gateway, with a token that has the scope `supergraph:read`.
 *
 * @throws MarqueeError `GATEWAY_REFUSES` (exit code 2) for any other token; `GATEWAY_UNREACHABLE` (exit code 3)
 */
export async function servedSupergraph(gateway: string, token: string | undefined): Promise<string> {
  const response = await request(
    gateway,
    '/supergraph',
    token === undefined ? {} : { authorization: `Bearer ${token}` },
  );
  if (response.status === 401 || response.status === 403) {
    throw new MarqueeError(
      'GATEWAY_REFUSES',
      `The gateway at ${gateway} refuses to send its supergraph: set GATEWAY_TOKEN to a token with the scope supergraph:read.`,
      { exitCode: EXIT.usage },
    );
  }
  if (!response.ok) throw unreachable(gateway, new Error(`HTTP ${response.status}`));
  return response.text();
}

/**
 * Reads the metrics of a running gateway as Prometheus text.
 *
 * @throws MarqueeError `GATEWAY_UNREACHABLE` (exit code 3)
 */
export async function metricsOf(gateway: string): Promise<string> {
  const response = await request(gateway, '/metrics');
  const metrics = await response.text();
  if (sha256sIn(metrics).length > 0) return metrics;
  throw unreachable(gateway, new Error(`HTTP ${response.status}, without marquee_supergraph_info`));
}

/** Returns the SHA-256 of each supergraph in a gateway's metrics, hexadecimal: several while its workers reload. */
export function sha256sIn(metrics: string): string[] {
  return [...metrics.matchAll(/^marquee_supergraph_info\{.*sha256="([0-9a-f]{64})".*\} 1$/gm)].map(
    ([, sha256 = '']) => sha256,
  );
}

async function request(gateway: string, path: string, headers: Record<string, string> = {}): Promise<Response> {
  try {
    return await fetch(new URL(path, gateway), { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    throw unreachable(gateway, cause);
  }
}

function unreachable(gateway: string, cause: unknown): MarqueeError {
  return new MarqueeError(
    'GATEWAY_UNREACHABLE',
    `The supergraph of the gateway at ${gateway} cannot be read: ${messageOf(cause)}`,
    { cause, exitCode: EXIT.unreachable },
  );
}
