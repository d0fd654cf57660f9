/** Names that every object of JavaScript answers to: a property of such a name may be read only where it is the object's own. */
const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));

/** A property that may be called anything GraphQL allows, `__proto__` and `constructor` included. */
export function own(object: object, name: string): unknown {
  if (INHERITED.has(name) && !Object.hasOwn(object, name)) return undefined;
  return (object as Record<string, unknown>)[name];
}

/** Sets a property of an object that came as JSON, whatever it is called, without touching any prototype. */
export function setOwn(object: object, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    (object as Record<string, unknown>)[name] = value;
  }
}

/** Source text that reads the property `name` of the variable `object`, as {@link own} does; the function must know `own`. */
export function ownText(object: string, name: string): string {
  const key = JSON.stringify(name);
  return INHERITED.has(name) ? `own(${object}, ${key})` : `${object}[${key}]`;
}

/** Source text that sets the property `name` of the variable `object`, as {@link setOwn} does; the function must know `setOwn`. */
export function setOwnText(object: string, name: string, value: string): string {
  const key = JSON.stringify(name);
  return name === '__proto__' ? `setOwn(${object}, ${key}, ${value})` : `${object}[${key}] = ${value}`;
}

/** An object of JSON: neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
