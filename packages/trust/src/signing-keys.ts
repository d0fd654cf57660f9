import { createSecretKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { invalidConfig } from '@marquee/runtime/config';
import { messageOf } from '@marquee/runtime/errors';
import { z } from 'zod';

/** A secret shared by gateway and subgraphs, and the id by which signatures refer to it. */
export interface SigningKey {
  readonly id: string;
  readonly secret: KeyObject;
}

/** Configuration fields for signing or verifying; spread them into a process's schema. At most one of the two may be set. */
export const signingKeyFields = {
  /** `id:base64url`, separated by commas or line breaks. All are accepted; the first one signs. */
  SUBGRAPH_SIGNING_KEYS: z.string().optional(),
  /** A file with the same content, for mounted secrets. */
  SUBGRAPH_SIGNING_KEYS_FILE: z.string().optional(),
};

export type SigningKeyConfig = z.output<z.ZodObject<typeof signingKeyFields>>;

/** Shorter keys than the hash's output make HMAC weaker (RFC 2104, section 3). */
const MIN_BYTES = 32;

const ID = /^[A-Za-z0-9._-]{1,64}$/;
const BASE64URL = /^[A-Za-z0-9_-]+={0,2}$/;

/**
 * Returns the configured keys, the signing one first; empty when none are configured.
 *
 * @throws MarqueeError `INVALID_CONFIG` (exit code 2) that names the variable, the key and its id, never the secret
 */
export function readSigningKeys(config: SigningKeyConfig): readonly SigningKey[] {
  const { SUBGRAPH_SIGNING_KEYS: inline, SUBGRAPH_SIGNING_KEYS_FILE: file } = config;
  if (inline !== undefined && file !== undefined) {
    throw invalidConfig(['SUBGRAPH_SIGNING_KEYS: is set, and so is SUBGRAPH_SIGNING_KEYS_FILE: unset one of them']);
  }
  if (inline !== undefined) return parseKeys('SUBGRAPH_SIGNING_KEYS', inline);
  if (file !== undefined) return parseKeys('SUBGRAPH_SIGNING_KEYS_FILE', read(file));
  return [];
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw invalidConfig([`SUBGRAPH_SIGNING_KEYS_FILE: cannot be read: ${messageOf(error)}`]);
  }
}

function parseKeys(variable: string, text: string): SigningKey[] {
  const entries = text
    .split(/[,\r\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const keys: SigningKey[] = [];
  const mistakes: string[] = entries.length === 0 ? [`${variable}: holds no key: write id:base64url`] : [];
  for (const [index, entry] of entries.entries()) {
    const [id = '', secret] = entry.split(/:(.*)/s);
    const bytes = Buffer.from(BASE64URL.test(secret ?? '') ? (secret ?? '') : '', 'base64url');
    // Without a colon the entry may be the secret itself, which no message shows.
    if (secret === undefined || !ID.test(id)) {
      mistakes.push(
        `${variable}: key ${index + 1} must be id:base64url, its id of letters, digits, dots, underscores and hyphens`,
      );
    } else if (keys.some((key) => key.id === id)) {
      mistakes.push(`${variable}: two keys have the id ${id}`);
    } else if (bytes.length < MIN_BYTES) {
      mistakes.push(`${variable}: key ${id} must be id:base64url of at least ${MIN_BYTES} random bytes`);
    } else {
      keys.push({ id, secret: createSecretKey(bytes) });
    }
  }
  if (mistakes.length > 0) throw invalidConfig(mistakes);
  return keys;
}
