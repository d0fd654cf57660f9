import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Everything secret of one installation. */
export interface Vault {
  /** By role of the database. */
  readonly passwords: Readonly<Record<string, string>>;
  /** `id:base64url`; the first one signs. */
  readonly signingKeys: readonly string[];
  /** Ed25519, PKCS #8, PEM: signs tokens for whoever runs this installation. */
  readonly tokenKey: string;
  readonly monitoringPassword: string;
}

export const ADMINISTRATOR = 'marquee_admin';

/** The two roles of a subgraph's schema. */
export function rolesOf(subgraph: string): { readonly owner: string; readonly runtime: string } {
  return { owner: `${subgraph}_owner`, runtime: `${subgraph}_runtime` };
}

export function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

/** A key of 32 bytes, as HMAC with SHA-256 wants them (RFC 2104, section 3), with a name that no other key has. */
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

/** Returns a vault that has a password for each role of these subgraphs, too; the same one when it has them all. */
function withRoles(vault: Vault, subgraphs: readonly string[]): Vault {
  const roles = subgraphs.flatMap((subgraph) => Object.values(rolesOf(subgraph)));
  const missing = roles.filter((role) => vault.passwords[role] === undefined);
  if (missing.length === 0) return vault;
  const added = Object.fromEntries(missing.map((role) => [role, newPassword()]));
  return { ...vault, passwords: { ...vault.passwords, ...added } };
}

/**
 * Opens the vault in a file with the roles of these subgraphs; makes it when there is none. Two processes that make it at once end up
 * with the same one.
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
    // Unlike rename, link never replaces what somebody else has put there.
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Vault;
}

/** Replaces the vault, whole or not at all. */
export function saveVault(file: string, vault: Vault): void {
  renameSync(drafted(file, vault), file);
}

function drafted(file: string, vault: Vault): string {
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, `${JSON.stringify(vault, undefined, 2)}\n`, { mode: 0o600, flush: true });
  return draft;
}
