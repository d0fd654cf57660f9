import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ApolloServerPlugin } from '@apollo/server';
import { invalidConfig } from '@marquee/runtime/config';
import { messageOf } from '@marquee/runtime/errors';
import { type GatewayConfig, gatewayConfig } from './gateway-config.ts';

/** Plugins for any context: modules of operators are not typed by this process. */
// biome-ignore lint/suspicious/noExplicitAny: a plugin is invariant in its context.
export type AnyPlugin = ApolloServerPlugin<any>;

/**
 * Parses the gateway's configuration. Where it has mistakes, the plugin modules are loaded for theirs.
 *
 * @throws MarqueeError `INVALID_CONFIG` that lists every mistake
 */
export async function readConfig(env: Readonly<Record<string, string | undefined>>): Promise<GatewayConfig> {
  try {
    return gatewayConfig(env);
  } catch {
    const modules = (env.APOLLO_PLUGINS ?? '').split(',').map((file) => file.trim());
    const { mistakes } = await importPlugins(modules.filter((file) => file !== ''));
    return gatewayConfig(env, mistakes);
  }
}

/**
 * Loads the plugins of modules, in their order. The default export of each is a plugin, a list of plugins, or a function that returns either.
 *
 * @param modules files, relative to the working directory
 * @throws MarqueeError `INVALID_CONFIG` that lists the modules without plugins
 */
export async function loadPlugins(modules: readonly string[]): Promise<readonly AnyPlugin[]> {
  const { plugins, mistakes } = await importPlugins(modules);
  if (mistakes.length > 0) throw invalidConfig(mistakes);
  return plugins;
}

async function importPlugins(modules: readonly string[]): Promise<{ plugins: AnyPlugin[]; mistakes: string[] }> {
  const plugins: AnyPlugin[] = [];
  const mistakes: string[] = [];
  for (const file of modules) {
    try {
      plugins.push(...(await pluginsOf(file)));
    } catch (error) {
      mistakes.push(`APOLLO_PLUGINS: ${file} ${messageOf(error)}`);
    }
  }
  return { plugins, mistakes };
}

/** @throws Error whose message continues the name of the file */
async function pluginsOf(file: string): Promise<AnyPlugin[]> {
  const module = await attempt('cannot be loaded', () => import(pathToFileURL(path.resolve(file)).href));
  const { default: exported } = module as { default?: unknown };
  const created: unknown =
    typeof exported === 'function' ? await attempt('failed to create its plugins', async () => exported()) : exported;
  const plugins = Array.isArray(created) ? created : [created];
  if (plugins.length === 0 || !plugins.every(isPlugin)) {
    throw new Error('must have a default export: a plugin, a list of plugins, or a function that returns them');
  }
  return plugins;
}

async function attempt<Result>(failure: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`${failure}: ${messageOf(error)}`, { cause: error });
  }
}

/** The hooks of a plugin, and the mark of Apollo's own, which may have none. */
const MEMBERS = [
  'requestDidStart',
  'serverWillStart',
  'startupDidFail',
  'contextCreationDidFail',
  'invalidRequestWasReceived',
  'unexpectedErrorProcessingRequest',
  '__internal_plugin_id__',
];

function isPlugin(value: unknown): value is AnyPlugin {
  return typeof value === 'object' && value !== null && MEMBERS.some((member) => member in value);
}
