import {
  BREAK,
  GraphQLIncludeDirective,
  type GraphQLInputType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getNullableType,
  isInputObjectType,
  isListType,
  isScalarType,
  isSpecifiedScalarType,
  Kind,
  type OperationDefinitionNode,
  parseType,
  print,
  TypeInfo,
  type ValueNode,
  type VariableDefinitionNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { DEFER } from './defer-directive.ts';
import { LiftedLiterals, type Literal } from './lifted-literals.ts';

/** An operation without the literals that the planner is better off without, and the values of the variables in their place. */
export interface LiftedOperation {
  readonly operation: OperationDefinitionNode;
  readonly literals: LiftedLiterals;
}

/** Directives that the gateway reads itself. */
const OWN_DIRECTIVES: ReadonlySet<string> = new Set([GraphQLSkipDirective.name, GraphQLIncludeDirective.name, DEFER]);

/** The planner's own variable. */
const RESERVED = 'representations';

/**
 * Replaces the literals of custom scalars, lists and input objects by variables. The planner takes time that doubles with each list within
 * a list, and operations that differ in nothing but these literals share their plan. Literals of the specified scalars and of enums stay,
 * as do lists and input objects in which a variable stands, without the literals that stand beside it.
 *
 * @param operation of a valid document, its fragments in place
 */
export function liftLiterals(schema: GraphQLSchema, operation: OperationDefinitionNode): LiftedOperation {
  const lifter = new Lifter(operation.variableDefinitions ?? []);
  const types = new TypeInfo(schema);
  const lifted = visit(
    operation,
    visitWithTypeInfo(types, {
      VariableDefinition: () => false,
      Directive: ({ name }) => (OWN_DIRECTIVES.has(name.value) ? false : undefined),
      Argument: {
        leave(node) {
          const argument = types.getArgument();
          const value = argument ? lifter.lift(node.name.value, argument.type, node.value) : node.value;
          return value === node.value ? undefined : { ...node, value };
        },
      },
    }),
  );
  const { definitions, literals } = lifter;
  if (definitions.length === 0) return { operation, literals: LiftedLiterals.NONE };
  const variableDefinitions = [...(operation.variableDefinitions ?? []), ...definitions];
  return { operation: { ...lifted, variableDefinitions }, literals: new LiftedLiterals(literals) };
}

class Lifter {
  readonly definitions: VariableDefinitionNode[] = [];
  readonly literals = new Map<string, Literal>();
  readonly #names: Set<string>;
  /** Names of variables by the type and text of their literals. */
  readonly #lifted = new Map<string, string>();

  constructor(definitions: readonly VariableDefinitionNode[]) {
    this.#names = new Set([RESERVED, ...definitions.map(({ variable }) => variable.name.value)]);
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
      // One value stands for a list of it (GraphQL specification, section 3.11).
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
