import {
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
} from 'graphql';

/** An object of the data: an entity, or a value that stands in one. */
export interface Thing {
  readonly type: string;
  /** Unique among all types. */
  readonly id: string;
  /** The representation that the gateway sent. */
  readonly representation?: Readonly<Record<string, unknown>>;
  /** In the whole: the objects that it was reached through, by the contexts that they give to those below them. */
  readonly above?: ReadonlyMap<string, Thing>;
}

/** How one execution goes wrong. */
export interface Weather {
  readonly seed: number;
  /** Fields of a thousand that throw, or are null whether they may be or not. */
  readonly faults: number;
  /** Entities of a thousand that no subgraph knows when it is asked for them. */
  readonly missing: number;
  /** Fields that may fail; without it, all may. */
  readonly only?: ReadonlySet<string>;
  /** True when no value is `0`, `""` or `false`. */
  readonly isSolid?: boolean;
  /** True when a field is null unless its requirement has the right value. */
  readonly isExact?: boolean;
}

export const FAIR: Weather = { seed: 0, faults: 0, missing: 0 };

/** One execution in a weather. Mutations happen one after the other. */
export interface Execution {
  readonly weather: Weather;
  mutations: number;
  /** References that fit no entity. */
  unknown: number;
  /** Takes the places of the fields that are executed. */
  readonly places?: Set<string>;
}

export const ENTITIES = 5;

/** Something else for what JavaScript takes for false. */
export function solid(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(solid);
  if (value === 0) return 1;
  if (value === '') return 'text';
  return value === false ? true : value;
}

/** FNV-1a, mixed once more. */
export function hash(text: string, seed = 0): number {
  let value = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

const TEXTS = ['', 'plain', 'a "quote" and a \\', 'línea\n\u2028\u0001', '💥 and 千', '__proto__', 'x'.repeat(60)];

/** Data that is a function of where it stands: every subgraph and the whole of them tell the same without knowing one another. */
export interface World {
  /** The value of a field: `place` is the object's id, the field and its arguments. */
  valueAt(type: GraphQLOutputType, place: string): unknown;
}

/**
 * @param schema of the supergraph, with what the API hides
 * @param entities the types that have keys
 */
export function createWorld(schema: GraphQLSchema, entities: ReadonlySet<string>): World {
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
    const known = schema.getType(name) ?? (type as GraphQLNamedType);
    const value = hash(place);
    if (isEnumType(known)) return known.getValues()[value % known.getValues().length]?.name;
    if (isAbstractType(known)) {
      const possible = schema.getPossibleTypes(known);
      return thingAt(possible[value % possible.length]?.name ?? '', place);
    }
    return SCALARS[name]?.(value) ?? thingAt(name, place);
  }
  function thingAt(type: string, place: string): Thing {
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
