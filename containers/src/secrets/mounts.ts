import { createPublicKey, randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ADMINISTRATOR, INGEST, rolesOf, type Vault } from './vault.ts';

/** The names of an installation in connection strings and folders. */
export interface Installation {
  readonly subgraphs: readonly string[];
  /** `host:port/database`. */
  readonly database: string;
}

type Mounts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Returns the files of each container by folder, each a volume, so that no container sees another's secrets. */
export function mountsOf(vault: Vault, { subgraphs: names, database }: Installation): Mounts {
  const url = (role: string) => `postgres://${role}:${vault.passwords[role]}@${database}`;
  const signingKeys = `${vault.signingKeys.join('\n')}\n`;
  const subgraphs = names.flatMap((subgraph) => {
    const { owner, runtime } = rolesOf(subgraph);
    return [
      [subgraph, { 'database-url': url(runtime), 'signing-keys': signingKeys }],
      [
        `${subgraph}-migration`,
        { 'database-url': url(runtime), 'database-owner-url': url(owner), 'database-admin-url': url(ADMINISTRATOR) },
      ],
    ] as const;
  });
  const queue = rolesOf(INGEST);
  return {
    ingest: { 'database-url': url(queue.runtime) },
    'ingest-migration': {
      'database-url': url(queue.runtime),
      'database-owner-url': url(queue.owner),
      'database-admin-url': url(ADMINISTRATOR),
    },
    postgres: { password: vault.passwords[ADMINISTRATOR] as string },
    gateway: {
      'signing-keys': signingKeys,
      'token-key.pem': createPublicKey(vault.tokenKey).export({ type: 'spki', format: 'pem' }).toString(),
    },
    grafana: { password: vault.monitoringPassword },
    ...Object.fromEntries(subgraphs),
  };
}

/** Writes the files below a folder, readable by every user: a container sees its own folder alone, and each has another user. */
export function writeMounts(folder: string, vault: Vault, installation: Installation): void {
  for (const [mount, files] of Object.entries(mountsOf(vault, installation))) {
    mkdirSync(path.join(folder, mount), { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(folder, mount, name);
      // A unique name: another run may write at the same time.
      const draft = path.join(folder, mount, `.${name}.${randomBytes(4).toString('hex')}`);
      writeFileSync(draft, text, { mode: 0o444, flush: true });
      renameSync(draft, file);
    }
  }
}
