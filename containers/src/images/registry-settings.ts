import Config from '@npmcli/config';
import definitions from '@npmcli/config/lib/definitions/index.js';
import type { Options } from 'npm-registry-fetch';

const PUBLIC_REGISTRY = 'https://registry.npmjs.org/';

/** The registry settings of npm on this machine. */
export interface RegistrySettings {
  /** Address, credentials, proxies and certificates, for npm-registry-fetch. */
  readonly options: Options & { readonly registry: string };
  /** True when they equal npm's defaults, so that a build needs no relay. */
  readonly plain: boolean;
}

/** Returns npm's settings of the user and the machine, and of `npm_config_…`. */
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
