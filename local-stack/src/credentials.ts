import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { exportPKCS8, exportSPKI, generateKeyPair, importPKCS8 } from 'jose';
import { ALGORITHM, ALL_SCOPES, AUDIENCE, DEFAULT_DAYS, DEVELOPER, ISSUER, inDays, signToken } from './access-token.ts';
import { type State, writeSecret } from './state.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings of the trust between the parts of a stack, and in the issuer of tokens. */
export interface Credentials {
  /** The gateway's settings: its signing key and the verification of tokens. */
  readonly gateway: Environment;
  /** Each subgraph's settings: the accepted keys. */
  readonly subgraph: Environment;
  /** A token with all scopes; undefined with an issuer of the user's. */
  readonly token: string | undefined;
}

/**
 * Returns the credentials of a stack, generated in the first run and stored in its state. With an `AUTH_ISSUER` in the environment, its
 * `AUTH_…` settings go to the gateway unchanged; otherwise the gateway accepts only tokens signed with this stack's own key, which never
 * leaves the state.
 */
export async function openCredentials(state: State, env: Environment): Promise<Credentials> {
  const subgraph = { SUBGRAPH_SIGNING_KEYS_FILE: await signingKeysFile(state) };
  if (env.AUTH_ISSUER) {
    const auth = Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('AUTH_')));
    return { gateway: { ...subgraph, ...auth }, subgraph, token: undefined };
  }
  const auth = {
    AUTH_ISSUER: ISSUER,
    AUTH_AUDIENCE: AUDIENCE,
    AUTH_ALGORITHMS: ALGORITHM,
    AUTH_PUBLIC_KEY_FILE: state.tokenPublicKeyFile,
  };
  return { gateway: { ...subgraph, ...auth }, subgraph, token: await developmentToken(state) };
}

async function signingKeysFile({ signingKeysFile: file }: State): Promise<string> {
  if ((await contentOf(file)) === undefined) {
    await writeSecret(file, `local:${randomBytes(32).toString('base64url')}\n`);
  }
  return file;
}

async function developmentToken(state: State): Promise<string> {
  const key = await importPKCS8(await tokenKey(state), ALGORITHM);
  const token = await signToken(key, { subject: DEVELOPER, scopes: ALL_SCOPES, expiresAt: inDays(DEFAULT_DAYS) });
  await writeSecret(state.tokenFile, `${token}\n`);
  return token;
}

/** Returns the private key that signs tokens, PEM, and stores the public key next to it. */
async function tokenKey({ tokenKeyFile, tokenPublicKeyFile }: State): Promise<string> {
  const stored = await contentOf(tokenKeyFile);
  if (stored !== undefined && (await contentOf(tokenPublicKeyFile)) !== undefined) return stored;
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const pem = await exportPKCS8(privateKey);
  // Writes the public key last: when it exists, the private key is complete and matches.
  await writeSecret(tokenKeyFile, pem);
  await writeSecret(tokenPublicKeyFile, await exportSPKI(publicKey));
  return pem;
}

async function contentOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
