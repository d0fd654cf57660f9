import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType,
  isRequiredArgument,
  Kind,
  parseType,
  type SelectionNode,
  type ValueNode,
  type VariableDefinitionNode,
} from 'graphql';
import { Operation } from './operation.ts';
import type { Random } from './random.ts';
import { inputValue, type Value } from './values.ts';

const MAX_DEPTH = 9;

/** Limit of an operation's fields, so that most operations are within the gateway's limits. */
const MAX_FIELDS = 60;

/** Returns a random operation that is valid against the schema. */
export function validOperation(schema: GraphQLSchema, random: Random): Operation {
  const roots = [schema.getQueryType(), schema.getQueryType(), schema.getQueryType(), schema.getMutationType()];
  const root = random.pick(roots.filter((type) => type !== null && type !== undefined));
  const maker = new OperationMaker(schema, random);
  const selections = maker.selections(root, 0);
  const operation = {
    kind: Kind.OPERATION_DEFINITION,
    operation: root === schema.getMutationType() ? 'mutation' : 'query',
    name: name('Fuzz'),
    variableDefinitions: maker.variableDefinitions,
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  } as const;
  return new Operation({ kind: Kind.DOCUMENT, definitions: [operation as never, ...maker.fragments] }, maker.variables);
}

/** The literal of a value. */
function literalOf(type: GraphQLInputType, value: Value): ValueNode {
  const nullable = getNullableType(type);
  if (value === null) return { kind: Kind.NULL };
  if (isListType(nullable)) {
    return { kind: Kind.LIST, values: (value as Value[]).map((member) => literalOf(nullable.ofType, member)) };
  }
  if (isEnumType(nullable)) return { kind: Kind.ENUM, value: value as string };
  if (isInputObjectType(nullable)) {
    const fields = Object.entries(value).map(([key, member]) => ({
      kind: Kind.OBJECT_FIELD as const,
      name: name(key),
      value: literalOf((nullable.getFields()[key] as GraphQLInputField).type, member),
    }));
    return { kind: Kind.OBJECT, fields };
  }
  if (typeof value === 'boolean') return { kind: Kind.BOOLEAN, value };
  if (typeof value === 'string') return { kind: Kind.STRING, value };
  return Number.isInteger(value) && Math.abs(value as number) < 1e15
    ? { kind: Kind.INT, value: String(value) }
    : { kind: Kind.FLOAT, value: String(value).replace('e+', 'e') };
}

const name = (value: string) => ({ kind: Kind.NAME, value }) as const;

/** The state of one operation's construction: variables, fragments and remaining fields. */
class OperationMaker {
  readonly variableDefinitions: VariableDefinitionNode[] = [];
  readonly variables: Record<string, unknown> = {};
  readonly fragments: FragmentDefinitionNode[] = [];
  readonly #schema: GraphQLSchema;
  readonly #random: Random;
  #fields = MAX_FIELDS;
  #names = 0;

  constructor(schema: GraphQLSchema, random: Random) {
    this.#schema = schema;
    this.#random = random;
  }

  selections(type: GraphQLNamedType, depth: number): SelectionNode[] {
    if (isAbstractType(type)) {
      const members = this.#random.some(this.#schema.getPossibleTypes(type), 3);
      return [this.#typename(), ...members.map((member) => this.#inlineFragment(member, depth))];
    }
    if (!isObjectType(type)) return [];
    const fields = Object.values(type.getFields()).filter(({ type: of }) => this.#reachable(getNamedType(of), depth));
    const chosen = this.#random.some(fields, depth === 0 ? 2 : 5).flatMap((field) => this.#field(field, depth));
    const selections: SelectionNode[] = chosen.length === 0 ? [this.#typename()] : chosen;
    return this.#random.chance(0.1) ? [this.#spread(type, selections)] : selections;
  }

  #reachable(type: GraphQLNamedType, depth: number): boolean {
    return !isCompositeType(type) || (depth < MAX_DEPTH && this.#fields > 0);
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): FieldNode[] {
    this.#fields -= 1;
    const type = getNamedType(field.type);
    const selections = isCompositeType(type) ? this.selections(type, depth + 1) : [];
    const node: FieldNode = {
      kind: Kind.FIELD,
      name: name(field.name),
      // A unique alias avoids conflicts with fields of other fragments.
      ...((field.args.length > 0 || this.#random.chance(0.05)) && { alias: name(`a${this.#names++}`) }),
      arguments: field.args
        .filter((argument) => isRequiredArgument(argument) || this.#random.chance(0.3))
        .map((argument) => ({ kind: Kind.ARGUMENT, name: name(argument.name), value: this.#argument(argument) })),
      ...(this.#random.chance(0.03) && { directives: [this.#condition()] }),
      ...(selections.length > 0 && { selectionSet: { kind: Kind.SELECTION_SET, selections } }),
    };
    return [node];
  }

  #argument({ type }: GraphQLArgument): ValueNode {
    const value = inputValue(type, this.#random);
    if (this.#random.chance(0.5)) return this.#variable(String(type), value);
    return literalOf(type, value);
  }

  #variable(type: string, value: Value): ValueNode {
    const variable = { kind: Kind.VARIABLE, name: name(`v${this.#names++}`) } as const;
    this.variableDefinitions.push({ kind: Kind.VARIABLE_DEFINITION, variable, type: parseType(type) });
    this.variables[variable.name.value] = value;
    return variable;
  }

  #condition() {
    const value = { kind: Kind.BOOLEAN, value: this.#random.chance(0.7) } as const;
    const argument = { kind: Kind.ARGUMENT, name: name('if'), value } as const;
    return { kind: Kind.DIRECTIVE, name: name(this.#random.pick(['include', 'skip'])), arguments: [argument] } as const;
  }

  #inlineFragment(type: GraphQLObjectType, depth: number): SelectionNode {
    const selections = this.selections(type, depth + 1);
    return {
      kind: Kind.INLINE_FRAGMENT,
      typeCondition: { kind: Kind.NAMED_TYPE, name: name(type.name) },
      // Members of a union may have fields of one name and different types (GraphQL specification, section 5.3.2).
      selectionSet: { kind: Kind.SELECTION_SET, selections: selections.map((one) => this.#aliased(one)) },
    };
  }

  #aliased(selection: SelectionNode): SelectionNode {
    if (selection.kind !== Kind.FIELD || selection.alias !== undefined) return selection;
    return { ...selection, alias: name(`a${this.#names++}`) };
  }

  #spread(type: GraphQLObjectType, selections: readonly SelectionNode[]): SelectionNode {
    const fragment = name(`F${this.#names++}`);
    this.fragments.push({
      kind: Kind.FRAGMENT_DEFINITION,
      name: fragment,
      typeCondition: { kind: Kind.NAMED_TYPE, name: name(type.name) },
      selectionSet: { kind: Kind.SELECTION_SET, selections: selections.map((one) => this.#aliased(one)) },
    });
    return { kind: Kind.FRAGMENT_SPREAD, name: fragment };
  }

  #typename(): FieldNode {
    return { kind: Kind.FIELD, name: name('__typename'), alias: name(`a${this.#names++}`) };
  }
}
