import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** All secrets of one installation. */
export interface Vault {
  /** Passwords by role of the database. */
  readonly passwords: Readonly<Record<string, string>>;
  /** Signing keys, `id:base64url`; the first one signs. */
  readonly signingKeys: readonly string[];
  /** The key that signs tokens of the installation's operator: Ed25519, PKCS #8, PEM. */
  readonly tokenKey: string;
  readonly monitoringPassword: string;
}

export const ADMINISTRATOR = 'marquee_admin';

/** The schema of ingest's queue. */
export const INGEST = 'ingest';

/** Returns the two roles of a schema, which has the name of its subgraph. */
export function rolesOf(schema: string): { readonly owner: string; readonly runtime: string } {
  return { owner: `${schema}_owner`, runtime: `${schema}_runtime` };
}

export function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

/** Creates a key of 32 bytes, as HMAC with SHA-256 requires (RFC 2104, section 3), with a unique id. */
export function newSigningKey(): string {
  return `${randomBytes(4).toString('hex')}:${randomBytes(32).toString('base64url')}`;
}

export function newTokenKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function newVault(): Vault {
  return {
    passwords: { [ADMINISTRATOR]: newPassword() },
    signingKeys: [newSigningKey()],
    tokenKey: newTokenKey(),
    monitoringPassword: newPassword(),
  };
}

/** Returns the vault with a password for each role of these subgraphs and of ingest; the same object when it has all. */
function withRoles(vault: Vault, subgraphs: readonly string[]): Vault {
  const roles = [...subgraphs, INGEST].flatMap((schema) => Object.values(rolesOf(schema)));
  const missing = roles.filter((role) => vault.passwords[role] === undefined);
  if (missing.length === 0) return vault;
  const added = Object.fromEntries(missing.map((role) => [role, newPassword()]));
  return { ...vault, passwords: { ...vault.passwords, ...added } };
}

/**
 * Opens the vault in a file with the roles of these subgraphs and of ingest, and creates a missing one. Two processes that create it at once get the same
 * one.
 */
export function openVault(file: string, subgraphs: readonly string[]): Vault {
  try {
    const existing = JSON.parse(readFileSync(file, 'utf8')) as Vault;
    const vault = withRoles(existing, subgraphs);
    if (vault !== existing) saveVault(file, vault);
    return vault;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const draft = drafted(file, withRoles(newVault(), subgraphs));
  try {
    // Unlike rename, link never replaces the file of another process.
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Vault;
}

/** Replaces the vault atomically. */
export function saveVault(file: string, vault: Vault): void {
  renameSync(drafted(file, vault), file);
}

function drafted(file: string, vault: Vault): string {
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, `${JSON.stringify(vault, undefined, 2)}\n`, { mode: 0o600, flush: true });
  return draft;
}
