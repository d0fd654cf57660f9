/** Names of properties that every object inherits. */
const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));

/** Returns an own property with any GraphQL name, even `__proto__` or `constructor`; undefined when it is missing. */
export function own(object: object, name: string): unknown {
  if (INHERITED.has(name) && !Object.hasOwn(object, name)) return undefined;
  return (object as Record<string, unknown>)[name];
}

/** Sets a property of a JSON object with any name, without changing a prototype. */
export function setOwn(object: object, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    (object as Record<string, unknown>)[name] = value;
  }
}

/** Returns source text that reads the property `name` of the variable `object` as {@link own} does; `own` must be in its scope. */
export function ownText(object: string, name: string): string {
  const key = JSON.stringify(name);
  return INHERITED.has(name) ? `own(${object}, ${key})` : `${object}[${key}]`;
}

/** Returns source text that sets the property `name` of the variable `object` as {@link setOwn} does; `setOwn` must be in its scope. */
export function setOwnText(object: string, name: string, value: string): string {
  const key = JSON.stringify(name);
  return name === '__proto__' ? `setOwn(${object}, ${key}, ${value})` : `${object}[${key}] = ${value}`;
}

/** Returns true for a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
