import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';

const TIMEOUT_MS = 10_000;

/**
 * SHA-256 of the supergraph that a running gateway serves, hexadecimal, as its metrics tell it.
 *
 * @throws MarqueeError `GATEWAY_UNREACHABLE` (exit code 3)
 */
export async function servedSupergraph(gateway: string): Promise<string> {
  try {
    const response = await fetch(new URL('/metrics', gateway), { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const sha256 = /^marquee_supergraph_info\{.*sha256="([0-9a-f]{64})".*\} 1$/m.exec(await response.text())?.[1];
    if (sha256 === undefined) throw new Error(`HTTP ${response.status}, without marquee_supergraph_info`);
    return sha256;
  } catch (cause) {
    throw new MarqueeError(
      'GATEWAY_UNREACHABLE',
      `The gateway at ${gateway} does not tell what it serves: ${messageOf(cause)}`,
      {
        cause,
        exitCode: EXIT.unreachable,
      },
    );
  }
}
