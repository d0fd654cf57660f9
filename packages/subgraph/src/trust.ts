import { invalidConfig } from '@marquee/runtime/config';
import { readSigningKeys, type SigningKey, signingKeyFields } from '@marquee/trust/signing-keys';
import { z } from 'zod';

/** Settings of the trust in the gateway; spread them into the process's schema. */
export const trustFields = {
  ...signingKeyFields,
  /** `off` accepts every request, for ports that something else protects (mutual TLS, a network of its own). */
  SUBGRAPH_TRUST: z.enum(['on', 'off'], { error: 'must be on or off' }).optional(),
  /** In `development` keys are optional. */
  NODE_ENV: z.string().optional(),
};

type TrustConfig = z.output<z.ZodObject<typeof trustFields>>;

/**
 * Returns the keys with which requests must be signed; none where trust is `off`, which must be explicit.
 *
 * @throws MarqueeError `INVALID_CONFIG` (exit code 2)
 */
export function acceptedKeys(config: TrustConfig): readonly SigningKey[] {
  const { SUBGRAPH_TRUST: trust, NODE_ENV: environment } = config;
  const keys = readSigningKeys(config);
  if (trust === 'off' && keys.length > 0)
    throw invalidConfig(['SUBGRAPH_TRUST: is off, while there are signing keys: unset one']);
  if (trust === 'off' || keys.length > 0) return keys;
  if (trust === undefined && environment === 'development') return keys;
  throw invalidConfig([
    'SUBGRAPH_SIGNING_KEYS: is not set, nor is SUBGRAPH_SIGNING_KEYS_FILE: give the keys that the gateway signs with, or set SUBGRAPH_TRUST=off where something else keeps others away',
  ]);
}
