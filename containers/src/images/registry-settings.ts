import Config from '@npmcli/config';
import definitions from '@npmcli/config/lib/definitions/index.js';
import type { Options } from 'npm-registry-fetch';

const PUBLIC_REGISTRY = 'https://registry.npmjs.org/';

/** Whoever talks to the registry as npm on this machine does. */
export interface RegistrySettings {
  /** Address, credentials, proxies and certificates, as npm-registry-fetch takes them. */
  readonly options: Options & { readonly registry: string };
  /** Whether npm without any settings would do the same: a build needs nothing of this machine then. */
  readonly plain: boolean;
}

/** npm's settings on this machine: those of its user and of the machine, and `npm_config_…`. */
export async function registrySettings(cwd: string): Promise<RegistrySettings> {
  const config = new Config({ ...definitions, npmPath: cwd, argv: [], env: process.env, cwd });
  await config.load();
  const options = config.flat as RegistrySettings['options'] & Record<string, unknown>;
  const own = ['proxy', 'httpsProxy', 'ca', 'cert', 'key'].some((name) => options[name]) || config.get('cafile');
  return {
    options,
    plain: options.registry === PUBLIC_REGISTRY && !own && process.env.NODE_EXTRA_CA_CERTS === undefined,
  };
}
