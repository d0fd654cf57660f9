import { ADMINISTRATOR, newPassword, newSigningKey, newTokenKey, type Vault } from './vault.ts';

/** Rotations, and their changes of the vault. docs/deploying/compose.md has the required restarts. */
export const ROTATIONS: Readonly<Record<string, (vault: Vault) => Vault>> = {
  'database-passwords': (vault) => ({
    ...vault,
    passwords: Object.fromEntries(
      Object.entries(vault.passwords).map(([role, password]) => [
        role,
        role === ADMINISTRATOR ? password : newPassword(),
      ]),
    ),
  }),
  'admin-password': (vault) => ({ ...vault, passwords: { ...vault.passwords, [ADMINISTRATOR]: newPassword() } }),
  // Three steps with restarts between them, so that gateway and subgraphs always have a key in common.
  'signing-keys-add': (vault) => ({ ...vault, signingKeys: [...vault.signingKeys, newSigningKey()] }),
  'signing-keys-use': (vault) => ({
    ...vault,
    signingKeys: [...vault.signingKeys.slice(-1), ...vault.signingKeys.slice(0, -1)],
  }),
  'signing-keys-retire': (vault) => ({ ...vault, signingKeys: vault.signingKeys.slice(0, 1) }),
  'token-key': (vault) => ({ ...vault, tokenKey: newTokenKey() }),
};
