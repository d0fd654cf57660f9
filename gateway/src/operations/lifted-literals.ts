import { type GraphQLInputType, Kind, type ValueNode, valueFromAST } from 'graphql';
import type { Variables } from '../execution/variables.ts';
import { exactNumber } from '../graphql/exact-numbers.ts';
import { own } from '../graphql/own-property.ts';

/** A literal that a variable replaces. */
export interface Literal {
  readonly type: GraphQLInputType;
  readonly node: ValueNode;
  /** True when it contains no variable. */
  readonly isConstant: boolean;
}

type Values = Record<string, unknown>;

/** Values of the variables that replace literals. */
export class LiftedLiterals {
  static readonly NONE = new LiftedLiterals(new Map());
  /** Values of literals without variables of the client. */
  readonly constants: Variables;
  readonly #literals: ReadonlyMap<string, Literal>;
  readonly #dependent: readonly (readonly [string, Literal])[];

  constructor(literals: ReadonlyMap<string, Literal>) {
    const [constant, dependent] = [true, false].map((isConstant) =>
      [...literals].filter(([, literal]) => literal.isConstant === isConstant),
    ) as [[string, Literal][], [string, Literal][]];
    this.#literals = literals;
    this.#dependent = dependent;
    this.constants = { ...valuesOf(constant, { given: {}, coerced: {} }), isConstant: true };
  }

  /** The number of variables. */
  get size(): number {
    return this.#literals.size;
  }

  has(name: string): boolean {
    return this.#literals.has(name);
  }

  /** Returns the variables of a request together with these. */
  addTo(variables: Variables): Variables {
    if (this.size === 0) return variables;
    const { given, coerced } = valuesOf(this.#dependent, variables);
    return {
      given: { ...variables.given, ...this.constants.given, ...given },
      coerced: { ...variables.coerced, ...this.constants.coerced, ...coerced },
    };
  }
}

function valuesOf(literals: readonly (readonly [string, Literal])[], variables: Variables): Variables {
  const given: Values = {};
  const coerced: Values = {};
  for (const [name, { type, node }] of literals) {
    given[name] = jsonOf(node, variables);
    coerced[name] = valueFromAST(node, type, variables.coerced);
  }
  return { given, coerced };
}

/** Returns a literal as a JSON value; a variable without a value is null in a list and absent in an object. */
function jsonOf(node: ValueNode, variables: Variables): unknown {
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.INT:
    case Kind.FLOAT:
      return exactNumber(node.value);
    case Kind.LIST:
      return node.values.map((item) => jsonOf(item, variables) ?? null);
    case Kind.OBJECT: {
      const members = node.fields.map(({ name, value }) => [name.value, jsonOf(value, variables)]);
      return Object.fromEntries(members.filter(([, value]) => value !== undefined));
    }
    case Kind.VARIABLE: {
      const name = node.name.value;
      return Object.hasOwn(variables.given, name) ? variables.given[name] : own(variables.coerced, name);
    }
    default:
      return node.value;
  }
}
