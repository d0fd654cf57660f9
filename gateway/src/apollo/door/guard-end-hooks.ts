import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import type { Logger } from '@marquee/runtime/logger';
import type { DoorContext } from './request-state.ts';

type Plugin = ApolloServerPlugin<DoorContext>;
type Listener = GraphQLRequestListener<DoorContext>;

const GUARDED = ['parsingDidStart', 'validationDidStart'] as const;

/**
 * Returns a plugin that logs errors of the end hooks of parsing and validation. Apollo Server calls these hooks without waiting for them: a
 * rejection would end the process.
 */
export function guardEndHooks(plugin: Plugin, logger: Logger): Plugin {
  const start = plugin.requestDidStart;
  if (start === undefined) return plugin;
  const guarded = new WeakSet<Listener>();

  function guard(listener: Listener): void {
    if (guarded.has(listener) || Object.isFrozen(listener)) return;
    guarded.add(listener);
    for (const name of GUARDED) {
      const hook = listener[name] as ((context: unknown) => Promise<unknown>) | undefined;
      if (hook === undefined) continue;
      const withGuardedEnd = async (context: unknown) => {
        const end = await hook.call(listener, context);
        if (typeof end !== 'function') return;
        return async (outcome: unknown) => {
          try {
            await end(outcome);
          } catch (error) {
            logger.error({ err: error, hook: name }, 'the end hook of a plugin failed');
          }
        };
      };
      Object.assign(listener, { [name]: withGuardedEnd });
    }
  }

  const requestDidStart: NonNullable<Plugin['requestDidStart']> = async (context) => {
    const listener = await start.call(plugin, context);
    if (listener) guard(listener);
    return listener;
  };
  return new Proxy(plugin, {
    get(target, name) {
      if (name === 'requestDidStart') return requestDidStart;
      const member = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
