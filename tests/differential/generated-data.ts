import {
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
} from 'graphql';

/** An object of the data: an entity, or a value within one. */
export interface DataObject {
  readonly type: string;
  /** Unique among all types. */
  readonly id: string;
  /** The representation that the gateway sent. */
  readonly representation?: Readonly<Record<string, unknown>>;
  /** In the execution of the whole supergraph: ancestors by the contexts that they set. */
  readonly above?: ReadonlyMap<string, DataObject>;
}

/** The faults of one execution. */
export interface FaultProfile {
  readonly seed: number;
  /** Fields of a thousand that throw, or are null even where that is invalid. */
  readonly faults: number;
  /** Entities of a thousand that subgraphs do not find. */
  readonly missing: number;
  /** Fields that may fail; default all. */
  readonly only?: ReadonlySet<string>;
  /** True when no value is `0`, `""` or `false`. */
  readonly isSolid?: boolean;
  /** True when a field is null unless its requirement has the right value. */
  readonly isExact?: boolean;
}

export const NO_FAULTS: FaultProfile = { seed: 0, faults: 0, missing: 0 };

/** The state of one execution. */
export interface Execution {
  readonly profile: FaultProfile;
  mutations: number;
  /** Number of representations that fit no entity. */
  unknown: number;
  /** Collects the places of executed fields. */
  readonly places?: Set<string>;
}

export const ENTITIES = 5;

/** Replaces falsy values. */
export function solid(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(solid);
  if (value === 0) return 1;
  if (value === '') return 'text';
  return value === false ? true : value;
}

/** FNV-1a with one more mixing step. */
export function hash(text: string, seed = 0): number {
  let value = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

const TEXTS = ['', 'plain', 'a "quote" and a \\', 'línea\n\u2028\u0001', '💥 and 千', '__proto__', 'x'.repeat(60)];

/** Data that is a function of its place, so that subgraphs and the whole supergraph agree without shared state. */
export interface GeneratedData {
  /** @param place the object's id, the field and its arguments */
  valueAt(type: GraphQLOutputType, place: string): unknown;
}

/**
 * @param schema of the supergraph, with `@inaccessible` elements
 * @param entities the types that have keys
 */
export function createGeneratedData(schema: GraphQLSchema, entities: ReadonlySet<string>): GeneratedData {
  function valueAt(type: GraphQLOutputType, place: string): unknown {
    if (isNonNullType(type)) return presentAt(type.ofType, place);
    return hash(`${place}?`) % 8 === 0 ? null : presentAt(type, place);
  }
  function presentAt(type: GraphQLOutputType, place: string): unknown {
    if (isListType(type)) {
      const length = hash(`${place}#`) % 4;
      return Array.from({ length }, (_, index) => valueAt(type.ofType, `${place}[${index}]`));
    }
    const name = (type as GraphQLNamedType).name;
    const named = schema.getType(name) ?? (type as GraphQLNamedType);
    const value = hash(place);
    if (isEnumType(named)) return named.getValues()[value % named.getValues().length]?.name;
    if (isAbstractType(named)) {
      const possible = schema.getPossibleTypes(named);
      return objectAt(possible[value % possible.length]?.name ?? '', place);
    }
    return SCALARS[name]?.(value) ?? objectAt(name, place);
  }
  function objectAt(type: string, place: string): DataObject {
    return { type, id: entities.has(type) ? `${type}:${hash(`${place}!`) % ENTITIES}` : place };
  }
  return { valueAt };
}

const SCALARS: Readonly<Record<string, (value: number) => unknown>> = {
  Int: (value) => (value % 2001) - 1000,
  Float: (value) => [0.5, -7.25, 1e300, 3, 1e21, 5e-324][value % 6],
  Boolean: (value) => value % 2 === 0,
  String: (value) => TEXTS[value % 20] ?? `text ${value.toString(36)}`,
  ID: (value) => value.toString(36),
  Json: (value) => [5, 'text', { deep: [value % 9, { __typename: 'none' }], b: null }, [1, 'two'], true, {}][value % 6],
};
