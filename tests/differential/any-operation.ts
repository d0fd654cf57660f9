import type fc from 'fast-check';
import {
  type ArgumentNode,
  astFromValue,
  type ConstValueNode,
  type DirectiveNode,
  type DocumentNode,
  doTypesOverlap,
  type FragmentDefinitionNode,
  type GraphQLArgument,
  GraphQLBoolean,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  GraphQLNonNull,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isNonNullType,
  isRequiredArgument,
  isUnionType,
  Kind,
  type NamedTypeNode,
  type OperationDefinitionNode,
  parse,
  parseType,
  print,
  type SelectionNode,
  type SelectionSetNode,
  type VariableDefinitionNode,
  validate,
  visit,
} from 'graphql';
import { Operation, operations } from '../fuzz/operation.ts';
import type { Random } from '../fuzz/random.ts';
import { inputValue } from '../fuzz/values.ts';

/** Few, so that several fields have one response key: equal fields are merged, others are of types that exclude each other. */
const ALIASES = ['a', 'b', 'id', 'name', 'title', 'code', 'constructor', 'id_'];

const MAX_DEPTH = 4;
const MAX_FIELDS = 16;

/** Returns an arbitrary of valid operations, with few aliases named like fields, and nested fragments that are spread more than once. */
export function anyOperations(schema: GraphQLSchema): fc.Arbitrary<Operation> {
  return operations(schema, (random) => anyOperation(schema, random));
}

/** Returns a random valid operation. */
export function anyOperation(schema: GraphQLSchema, random: Random): Operation {
  for (;;) {
    const { document, variables } = new Maker(schema, random).make();
    let parsed: DocumentNode;
    try {
      parsed = parse(print(document));
    } catch {
      continue; // Halves of surrogate pairs are no source text.
    }
    if (validate(schema, parsed).length === 0) return new Operation(parsed, variables);
  }
}

/** The name of the executed operation. */
export const OPERATION = 'Any';

export function operationOf({ definitions }: DocumentNode): OperationDefinitionNode {
  const operation = definitions.find(
    (node) => node.kind === Kind.OPERATION_DEFINITION && node.name?.value === OPERATION,
  );
  return operation as OperationDefinitionNode;
}

/** Adds another operation to the document, before or after this one. */
export function besideAnother({ document, variables }: Operation, another: Operation, isFirst: boolean): Operation {
  const others = visit(another.document, {
    OperationDefinition: (node) => ({ ...node, name: name('Other') }),
    FragmentDefinition: (node) => ({ ...node, name: name(`${node.name.value}Other`) }),
    FragmentSpread: (node) => ({ ...node, name: name(`${node.name.value}Other`) }),
  });
  const definitions = [others.definitions, document.definitions];
  if (isFirst) definitions.reverse();
  return new Operation({ kind: Kind.DOCUMENT, definitions: definitions.flat() }, variables);
}

const name = (value: string) => ({ kind: Kind.NAME, value }) as const;
const named = (type: string): NamedTypeNode => ({ kind: Kind.NAMED_TYPE, name: name(type) });

class Maker {
  readonly #schema: GraphQLSchema;
  readonly #random: Random;
  readonly #definitions: VariableDefinitionNode[] = [];
  readonly #variables: Record<string, unknown> = {};
  readonly #fragments: FragmentDefinitionNode[] = [];
  /** Fragments in construction, which must not be spread: that would be a cycle. */
  #open = 0;
  #fields = MAX_FIELDS;

  constructor(schema: GraphQLSchema, random: Random) {
    this.#schema = schema;
    this.#random = random;
  }

  make(): Pick<Operation, 'document' | 'variables'> {
    const [query, mutation] = [this.#schema.getQueryType(), this.#schema.getMutationType()];
    const root = mutation && this.#random.chance(0.15) ? mutation : query;
    if (!root) throw new Error('the schema has no queries');
    const selectionSet = this.#selectionSet(root, 0);
    const operation: OperationDefinitionNode = {
      kind: Kind.OPERATION_DEFINITION,
      operation: (root === mutation ? 'mutation' : 'query') as OperationDefinitionNode['operation'],
      name: name(OPERATION),
      variableDefinitions: this.#definitions,
      selectionSet,
    };
    return {
      document: { kind: Kind.DOCUMENT, definitions: [operation, ...this.#fragments] },
      variables: this.#variables,
    };
  }

  #selectionSet(type: GraphQLCompositeType, depth: number): SelectionSetNode {
    const count = 1 + this.#random.below(depth === 0 ? 3 : 5);
    const selections = Array.from({ length: count }, () => this.#selection(type, depth)).flat();
    return { kind: Kind.SELECTION_SET, selections: selections.length === 0 ? [this.#typename()] : selections };
  }

  #selection(type: GraphQLCompositeType, depth: number): SelectionNode[] {
    if (this.#random.chance(0.06)) return [this.#typename()];
    if (depth > 0 && this.#fields > 0) {
      if (this.#random.chance(isUnionType(type) ? 0.8 : isAbstractType(type) ? 0.45 : 0.1)) {
        return [this.#inlineFragment(type, depth)];
      }
      if (this.#random.chance(0.08)) return this.#spread(type, depth);
    }
    if (isUnionType(type)) return [];
    const fields = Object.values(type.getFields()).filter(
      (field) => !isCompositeType(getNamedType(field.type)) || (depth < MAX_DEPTH && this.#fields > 0),
    );
    return fields.length === 0 ? [] : [this.#field(this.#random.pick(fields), depth)];
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): SelectionNode {
    this.#fields -= 1;
    const type = getNamedType(field.type);
    return {
      kind: Kind.FIELD,
      name: name(field.name),
      ...(this.#random.chance(0.25) && { alias: name(this.#random.pick(ALIASES)) }),
      arguments: field.args
        .filter((argument) => isRequiredArgument(argument) || this.#random.chance(0.5))
        .map((argument) => this.#argument(argument)),
      directives: this.#conditions(),
      ...(isCompositeType(type) && { selectionSet: this.#selectionSet(type, depth + 1) }),
    };
  }

  #argument({ name: argument, type }: GraphQLArgument): ArgumentNode {
    const value = inputValue(type, this.#random);
    const literal = astFromValue(value, type);
    const isVariable = this.#random.chance(0.4) || literal == null;
    return {
      kind: Kind.ARGUMENT,
      name: name(argument),
      value: isVariable ? this.#variable(type, value) : literal,
    };
  }

  /** Adds a variable, with or without a default and a value, or returns an existing one. */
  #variable(type: GraphQLInputType, value: unknown) {
    const existing = this.#definitions.filter((definition) => print(definition.type) === String(type));
    if (existing.length > 0 && this.#random.chance(0.3)) return this.#random.pick(existing).variable;
    const variable = { kind: Kind.VARIABLE, name: name(`v${this.#definitions.length}`) } as const;
    const defaultValue = this.#random.chance(0.3) ? astFromValue(inputValue(type, this.#random), type) : undefined;
    this.#definitions.push({
      kind: Kind.VARIABLE_DEFINITION,
      variable,
      type: parseType(String(type)),
      ...(defaultValue && { defaultValue: defaultValue as ConstValueNode }),
    });
    const mayBeAbsent = defaultValue != null || !isNonNullType(type);
    if (!mayBeAbsent || this.#random.chance(0.7)) this.#variables[variable.name.value] = value;
    return variable;
  }

  #conditions(): DirectiveNode[] {
    if (!this.#random.chance(0.1)) return [];
    return this.#random.some(['skip', 'include'], 2).map((directive) => {
      const value = this.#random.chance(0.5);
      const condition = this.#random.chance(0.3)
        ? ({ kind: Kind.BOOLEAN, value } as const)
        : this.#variable(new GraphQLNonNull(GraphQLBoolean), value);
      return {
        kind: Kind.DIRECTIVE,
        name: name(directive),
        arguments: [{ kind: Kind.ARGUMENT, name: name('if'), value: condition }],
      };
    });
  }

  /** Returns the composite types that share an object type with this one. */
  #overlapping(type: GraphQLCompositeType): GraphQLCompositeType[] {
    return Object.values(this.#schema.getTypeMap())
      .filter(isCompositeType)
      .filter((other) => !other.name.startsWith('__') && doTypesOverlap(this.#schema, type, other));
  }

  #inlineFragment(type: GraphQLCompositeType, depth: number): SelectionNode {
    this.#fields -= 1;
    const on = this.#random.pick(this.#overlapping(type));
    const isBare = on === type && this.#random.chance(0.5);
    return {
      kind: Kind.INLINE_FRAGMENT,
      ...(!isBare && { typeCondition: named(on.name) }),
      directives: this.#conditions(),
      selectionSet: this.#selectionSet(on, depth),
    };
  }

  #spread(type: GraphQLCompositeType, depth: number): SelectionNode[] {
    const on = this.#overlapping(type);
    const usable = this.#fragments.filter(({ typeCondition }) =>
      on.some((one) => one.name === typeCondition.name.value),
    );
    let fragment =
      this.#open === 0 && usable.length > 0 && this.#random.chance(0.6) ? this.#random.pick(usable) : undefined;
    if (fragment === undefined) {
      const chosen = this.#random.pick(on);
      this.#open += 1;
      const selectionSet = this.#selectionSet(chosen, depth + 1);
      this.#open -= 1;
      fragment = {
        kind: Kind.FRAGMENT_DEFINITION,
        name: name(`F${this.#fragments.length}`),
        typeCondition: named(chosen.name),
        selectionSet,
      };
      this.#fragments.push(fragment);
    }
    return [{ kind: Kind.FRAGMENT_SPREAD, name: fragment.name, directives: this.#conditions() }];
  }

  #typename(): SelectionNode {
    return {
      kind: Kind.FIELD,
      name: name('__typename'),
      ...(this.#random.chance(0.5) && { alias: name(this.#random.pick(ALIASES)) }),
    };
  }
}
