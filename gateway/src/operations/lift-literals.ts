import {
  type ArgumentNode,
  BREAK,
  type DirectiveNode,
  type GraphQLArgument,
  GraphQLIncludeDirective,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  Kind,
  parseType,
  print,
  type ValueNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import { DEFER } from '../directives/defer.ts';
import type {
  NormalizedOperation,
  NormalizedSelection,
  NormalizedSelectionSet,
} from '../graphql/normalized-operation.ts';
import { LiftedLiterals, type Literal } from './lifted-literals.ts';

export interface LiftedOperation {
  readonly operation: NormalizedOperation;
  readonly literals: LiftedLiterals;
}

/** Directives whose arguments the gateway evaluates itself. */
const OWN_DIRECTIVES: ReadonlySet<string> = new Set([GraphQLSkipDirective.name, GraphQLIncludeDirective.name, DEFER]);

/** The variable of the planner's fetches. */
const RESERVED = 'representations';

/**
 * Replaces literals of custom scalars, lists and input objects by variables: the planner's time doubles with each nested list, and operations
 * that differ only in these literals share their plans. Literals of specified scalars and enums remain; so do lists and input objects
 * that contain a variable, with their other literals replaced.
 */
export function liftLiterals(schema: GraphQLSchema, operation: NormalizedOperation): LiftedOperation {
  const lifter = new Lifter(schema, operation.variableDefinitions ?? []);
  const directives = lifter.directives(operation.directives);
  const selectionSet = lifter.selectionSet(schema.getRootType(operation.operation), operation.selectionSet);
  const { definitions, literals } = lifter;
  if (definitions.length === 0) return { operation, literals: LiftedLiterals.NONE };
  const variableDefinitions = [...(operation.variableDefinitions ?? []), ...definitions];
  return {
    operation: { ...operation, directives, selectionSet, variableDefinitions },
    literals: new LiftedLiterals(literals),
  };
}

/** Replaces `visitWithTypeInfo`, which takes several times as long. */
class Lifter {
  readonly definitions: VariableDefinitionNode[] = [];
  readonly literals = new Map<string, Literal>();
  readonly #schema: GraphQLSchema;
  readonly #names: Set<string>;
  /** Names of variables by the type and text of their literals. */
  readonly #lifted = new Map<string, string>();

  constructor(schema: GraphQLSchema, definitions: readonly VariableDefinitionNode[]) {
    this.#schema = schema;
    this.#names = new Set([RESERVED, ...definitions.map(({ variable }) => variable.name.value)]);
  }

  directives(nodes: readonly DirectiveNode[] = []): readonly DirectiveNode[] {
    return nodes.map((node) =>
      OWN_DIRECTIVES.has(node.name.value)
        ? node
        : { ...node, arguments: this.#arguments(node.arguments, this.#schema.getDirective(node.name.value)?.args) },
    );
  }

  selectionSet(type: GraphQLNamedType | null | undefined, node: NormalizedSelectionSet): NormalizedSelectionSet {
    return { ...node, selections: node.selections.map((selection) => this.#selection(type, selection)) };
  }

  #selection(type: GraphQLNamedType | null | undefined, node: NormalizedSelection): NormalizedSelection {
    if (node.kind === Kind.INLINE_FRAGMENT) {
      const { typeCondition } = node;
      const narrowed = typeCondition === undefined ? type : this.#schema.getType(typeCondition.name.value);
      const directives = this.directives(node.directives);
      return { ...node, directives, selectionSet: this.selectionSet(narrowed, node.selectionSet) };
    }
    // Arguments of introspection are specified scalars.
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    const lifted = {
      ...node,
      arguments: this.#arguments(node.arguments, field?.args),
      directives: this.directives(node.directives),
    };
    if (node.selectionSet === undefined) return lifted;
    return { ...lifted, selectionSet: this.selectionSet(field && getNamedType(field.type), node.selectionSet) };
  }

  #arguments(nodes: readonly ArgumentNode[] = [], definitions: readonly GraphQLArgument[] = []): ArgumentNode[] {
    return nodes.map((node) => {
      const name = node.name.value;
      const definition = definitions.find((candidate) => candidate.name === name);
      return definition === undefined ? node : { ...node, value: this.lift(name, definition.type, node.value) };
    });
  }

  /** @param name of the argument or input field */
  lift(name: string, type: GraphQLInputType, node: ValueNode): ValueNode {
    if (node.kind === Kind.VARIABLE || node.kind === Kind.NULL) return node;
    const nullable = getNullableType(type);
    const isCustom = isScalarType(nullable) && !isSpecifiedScalarType(nullable);
    const isCompound = isListType(nullable) || isInputObjectType(nullable);
    if (!isCustom && !isCompound) return node;
    if (isCustom || !hasVariable(node)) return this.#variable(name, type, node);
    if (isListType(nullable)) {
      // A value is coerced to a list of one item (GraphQL specification, section 3.11).
      const items = node.kind === Kind.LIST ? node.values : [node];
      return { kind: Kind.LIST, values: items.map((item) => this.lift(name, nullable.ofType, item)) };
    }
    if (!isInputObjectType(nullable) || node.kind !== Kind.OBJECT) return node;
    const fields = nullable.getFields();
    return {
      ...node,
      fields: node.fields.map((member) => {
        const field = fields[member.name.value];
        return field ? { ...member, value: this.lift(member.name.value, field.type, member.value) } : member;
      }),
    };
  }

  #variable(name: string, type: GraphQLInputType, node: ValueNode): ValueNode {
    const key = `${type} ${print(node)}`;
    let variable = this.#lifted.get(key);
    if (variable === undefined) {
      variable = this.#freeName(name);
      this.#lifted.set(key, variable);
      this.literals.set(variable, { type, node, isConstant: !hasVariable(node) });
      this.definitions.push({
        kind: Kind.VARIABLE_DEFINITION,
        variable: variableNode(variable),
        type: parseType(String(type), { noLocation: true }),
      });
    }
    return variableNode(variable);
  }

  #freeName(name: string): string {
    let free = name;
    for (let number = 2; this.#names.has(free); number++) free = `${name}_${number}`;
    this.#names.add(free);
    return free;
  }
}

const variableNode = (name: string) => ({ kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } }) as const;

function hasVariable(node: ValueNode): boolean {
  let found = false;
  visit(node, {
    Variable() {
      found = true;
      return BREAK;
    },
  });
  return found;
}
