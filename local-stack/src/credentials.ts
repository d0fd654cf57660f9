import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { exportPKCS8, exportSPKI, generateKeyPair, importPKCS8 } from 'jose';
import { ALGORITHM, ALL_SCOPES, AUDIENCE, DEFAULT_DAYS, DEVELOPER, ISSUER, inDays, signToken } from './access-token.ts';
import { type State, writeSecret } from './state.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How the parts of a stack trust one another, and whose tokens they take. */
export interface Credentials {
  /** For the gateway: the key that it signs with, and how it verifies tokens. */
  readonly gateway: Environment;
  /** For each subgraph: the keys that it accepts. */
  readonly subgraph: Environment;
  /** A token with all scopes; undefined where tokens come from somewhere else. */
  readonly token: string | undefined;
}

/**
 * The credentials of a stack, kept in its state from run to run and made the first time. Where the environment has an `AUTH_ISSUER` its
 * `AUTH_…` settings go to the gateway as they are; otherwise the gateway takes tokens of this stack's own key alone, which never leaves
 * the state.
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

/** The private key that tokens are signed with, PEM; its public half lies beside it. */
async function tokenKey({ tokenKeyFile, tokenPublicKeyFile }: State): Promise<string> {
  const known = await contentOf(tokenKeyFile);
  if (known !== undefined && (await contentOf(tokenPublicKeyFile)) !== undefined) return known;
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const pem = await exportPKCS8(privateKey);
  // The public half last: where it is, the private one is whole and its own.
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
