import { inspect } from 'node:util';

type JsonObject = Record<string, unknown>;

/** JSON texts of the objects that nobody has read yet. */
const unread = new WeakMap<object, string>();

const HANDLER: ProxyHandler<JsonObject> = Object.fromEntries(
  (
    [
      'get',
      'set',
      'has',
      'deleteProperty',
      'ownKeys',
      'defineProperty',
      'getOwnPropertyDescriptor',
      'getPrototypeOf',
      'setPrototypeOf',
      'isExtensible',
      'preventExtensions',
    ] as const
  ).map((trap) => [
    trap,
    (target: JsonObject, ...rest: unknown[]) => {
      read(target);
      return (Reflect[trap] as (...args: unknown[]) => unknown)(target, ...rest);
    },
  ]),
);

/** Targets by their proxies. */
const targets = new WeakMap<object, JsonObject>();

/**
 * Returns an object with the properties of a JSON object, which is parsed when somebody reads or changes it. As a proxy it cannot be cloned
 * by `structuredClone`.
 *
 * @param text a JSON object
 */
export function lazyData(text: string): JsonObject {
  const target: JsonObject = {};
  // Node inspects the target of a proxy, not the proxy.
  Object.defineProperty(target, inspect.custom, {
    configurable: true,
    value: (_depth: number, options: object, inspectValue: typeof inspect) => {
      read(target);
      return inspectValue(target, options);
    },
  });
  unread.set(target, text);
  const proxy = new Proxy(target, HANDLER);
  targets.set(proxy, target);
  return proxy;
}

/** Returns the JSON text of an object of {@link lazyData} that nobody has read; undefined for every other value. */
export function unreadText(value: unknown): string | undefined {
  const target = typeof value === 'object' && value !== null ? targets.get(value) : undefined;
  return target && unread.get(target);
}

function read(target: JsonObject): void {
  const text = unread.get(target);
  if (text === undefined) return;
  unread.delete(target);
  Reflect.deleteProperty(target, inspect.custom);
  // Defined, not assigned: a response key may be `__proto__`.
  Object.defineProperties(target, Object.getOwnPropertyDescriptors(JSON.parse(text)));
}
