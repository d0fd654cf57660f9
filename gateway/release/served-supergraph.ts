import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';

const TIMEOUT_MS = 10_000;

/**
 * The text of the supergraph that a running gateway serves, which it tells those whose token has the scope `supergraph:read`.
 *
 * @throws MarqueeError `GATEWAY_REFUSES` (exit code 2) for a token that does not do; `GATEWAY_UNREACHABLE` (exit code 3)
 */
export async function servedSupergraph(gateway: string, token: string | undefined): Promise<string> {
  const response = await ask(gateway, '/supergraph', token === undefined ? {} : { authorization: `Bearer ${token}` });
  if (response.status === 401 || response.status === 403) {
    throw new MarqueeError(
      'GATEWAY_REFUSES',
      `The gateway at ${gateway} tells what it serves to tokens with the scope supergraph:read alone: set GATEWAY_TOKEN to one.`,
      { exitCode: EXIT.usage },
    );
  }
  if (!response.ok) throw unreachable(gateway, new Error(`HTTP ${response.status}`));
  return response.text();
}

/**
 * SHA-256 of the supergraph that a running gateway serves, hexadecimal, as its metrics tell it.
 *
 * @throws MarqueeError `GATEWAY_UNREACHABLE` (exit code 3)
 */
export async function servedSha256(gateway: string): Promise<string> {
  const response = await ask(gateway, '/metrics');
  const sha256 = /^marquee_supergraph_info\{.*sha256="([0-9a-f]{64})".*\} 1$/m.exec(await response.text())?.[1];
  if (sha256 !== undefined) return sha256;
  throw unreachable(gateway, new Error(`HTTP ${response.status}, without marquee_supergraph_info`));
}

async function ask(gateway: string, path: string, headers: Record<string, string> = {}): Promise<Response> {
  try {
    return await fetch(new URL(path, gateway), { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    throw unreachable(gateway, cause);
  }
}

function unreachable(gateway: string, cause: unknown): MarqueeError {
  return new MarqueeError(
    'GATEWAY_UNREACHABLE',
    `The gateway at ${gateway} does not tell what it serves: ${messageOf(cause)}`,
    { cause, exitCode: EXIT.unreachable },
  );
}
