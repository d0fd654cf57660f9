import {
  type ArgumentNode,
  type DirectiveNode,
  type FieldNode,
  type GraphQLCompositeType,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  GraphQLSkipDirective,
  getNamedType,
  isCompositeType,
  isNonNullType,
  Kind,
  type ObjectFieldNode,
  print,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  visit,
} from 'graphql';
import { DEFER } from '../directives/defer.ts';
import {
  isIncluded,
  possibleObjectTypes,
  type SelectionScope,
  typeConditionApplies,
} from '../graphql/collect-fields.ts';
import type {
  NormalizedField,
  NormalizedOperation,
  NormalizedSelection,
  NormalizedSelectionSet,
} from '../graphql/normalized-operation.ts';

/** The keys of the data for fields that the client wants under other keys, by {@link fieldSignature}. */
export type DataKeys = ReadonlyMap<string, string>;

/** The planner's own name for fields that types have differently in one subgraph. */
const PLANNER_ALIAS = /__alias_\d+$/;

/** Returns the signature of a field under its response key; mergeable fields have the same one. */
function fieldSignature(field: FieldNode): string {
  const { name, arguments: given = [] } = field;
  const args = given.length === 0 ? '' : `(${given.map(argumentText).toSorted().join(', ')})`;
  return `${responseKeyOf(field)}: ${name.value}${args}`;
}

/** The order of an input object's fields tells nothing. */
function argumentText(argument: ArgumentNode): string {
  const byName = (one: ObjectFieldNode, other: ObjectFieldNode) => (one.name.value < other.name.value ? -1 : 1);
  return print(
    visit(argument, { ObjectValue: { leave: (node) => ({ ...node, fields: node.fields.toSorted(byName) }) } }),
  );
}

const responseKeyOf = ({ alias, name }: FieldNode) => alias?.value ?? name.value;

/**
 * Which fields stand in the data under other keys than the client's for the time of the execution:
 * - What the planner needs for itself, such as a key's `id`, it asks for under the field's own name. An alias of the client's that is called
 *   so (`id: title`) would take its place.
 * - One key may stand for different fields in objects of different types, or for one with different arguments. Where the planner asks for
 *   what belongs to different types as if it were one, it would ask for one of them alone.
 *
 * @param reserved names of fields that the planner may need for itself
 */
export function dataKeysOf(operation: NormalizedOperation, reserved: ReadonlySet<string>): DataKeys {
  const keys = new Set<string>();
  const calls = new Map<string, Map<string, FieldNode>>();
  visit(operation, {
    Field(node) {
      const key = responseKeyOf(node);
      keys.add(node.name.value).add(key);
      calls.set(key, (calls.get(key) ?? new Map<string, FieldNode>()).set(fieldSignature(node), node));
    },
  });
  const free = (key: string): string => {
    let candidate = `${key}_`;
    while (keys.has(candidate) || reserved.has(candidate)) candidate += '_';
    keys.add(candidate);
    return candidate;
  };
  const dataKeys = new Map<string, string>();
  for (const [key, fields] of calls) {
    let isTaken = false;
    for (const [call, { name }] of fields) {
      const isReserved = key !== name.value && (reserved.has(key) || PLANNER_ALIAS.test(key));
      if (isReserved || isTaken) dataKeys.set(call, free(key));
      else isTaken = true;
    }
  }
  return dataKeys;
}

/** The key of the data under which a field's value is. */
export function dataKeyOf(dataKeys: DataKeys, field: FieldNode): string {
  return (dataKeys.size === 0 ? undefined : dataKeys.get(fieldSignature(field))) ?? responseKeyOf(field);
}

/** The client's keys by those of the data. */
export function clientKeysOf(operation: NormalizedOperation, dataKeys: DataKeys): ReadonlyMap<string, string> {
  const clientKeys = new Map<string, string>();
  if (dataKeys.size === 0) return clientKeys;
  visit(operation, { Field: (node) => void clientKeys.set(dataKeyOf(dataKeys, node), responseKeyOf(node)) });
  return clientKeys;
}

/**
 * Returns the operation to plan for these values of its variables:
 * - `@skip` and `@include` are decided. The planner loses some conditions, asks for what a field requires after the field itself, and
 *   leaves out objects below which a condition leaves nothing.
 * - What is asked of objects that are of two types at once is left out: the planner asks it of those of the inner one.
 * - Where all that is asked of an object depends on its type, its type is asked for too, so that the object is there.
 * - Response keys are those of the data.
 * - Fields with an error of their arguments, and those that ask for the schema, are left out.
 *
 * @returns undefined when nothing is left to plan
 */
export function prepareForPlanner(
  scope: SelectionScope,
  operation: NormalizedOperation,
  dataKeys: DataKeys,
): NormalizedOperation | undefined {
  return new OperationPreparer(scope, dataKeys).prepare(operation);
}

const TYPENAME: NormalizedField = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
/** Fields that ask for the schema, which no subgraph is asked for. */
const SCHEMA_FIELDS: ReadonlySet<string> = new Set([SchemaMetaFieldDef.name, TypeMetaFieldDef.name]);
const CONDITIONS: readonly string[] = [GraphQLSkipDirective.name, GraphQLIncludeDirective.name];

const isTypename = (selection: NormalizedSelection) =>
  selection.kind === Kind.FIELD && selection.name.value === TYPENAME.name.value;

class OperationPreparer {
  readonly #scope: SelectionScope;
  readonly #dataKeys: DataKeys;
  /** True when a mutation has ended: no field runs after a non-null field that is null. */
  #isOver = false;

  constructor(scope: SelectionScope, dataKeys: DataKeys) {
    this.#scope = scope;
    this.#dataKeys = dataKeys;
  }

  prepare(operation: NormalizedOperation): NormalizedOperation | undefined {
    const root = this.#scope.schema.getRootType(operation.operation) as GraphQLCompositeType;
    const selectionSet = this.#selectionSet(root, operation.selectionSet);
    if (selectionSet === undefined || selectionSet.selections.every(isTypename)) return undefined;
    return { ...operation, selectionSet };
  }

  /**
   * Undefined when nothing is left.
   *
   * @param possible what an object may be there, by all type conditions around it
   */
  #selectionSet(
    type: GraphQLCompositeType,
    { selections, ...set }: NormalizedSelectionSet,
    possible = possibleObjectTypes(this.#scope.schema, type),
  ): NormalizedSelectionSet | undefined {
    const resolved = selections.flatMap((selection) => {
      const kept = isIncluded(this.#scope, selection) ? this.#selection(type, selection, possible) : undefined;
      return kept === undefined ? [] : [kept];
    });
    return resolved.length === 0 ? undefined : { ...set, selections: resolved };
  }

  #selection(
    type: GraphQLCompositeType,
    selection: NormalizedSelection,
    possible: readonly GraphQLObjectType[],
  ): NormalizedSelection | undefined {
    const directives = this.#withoutConditions(selection.directives);
    if (selection.kind === Kind.FIELD) {
      if (SCHEMA_FIELDS.has(selection.name.value) || this.#isInvalid(type, selection)) return undefined;
      return { ...this.#field(type, selection), directives };
    }
    const on = this.#typeOf(selection.typeCondition?.name.value) ?? type;
    const left = this.#among(possible, on);
    const selectionSet = left.length === 0 ? undefined : this.#selectionSet(on, selection.selectionSet, left);
    return selectionSet && { ...selection, directives, selectionSet };
  }

  /** Returns true when the field has an error whatever subgraphs answer, or follows such a field in a mutation. */
  #isInvalid(type: GraphQLCompositeType, field: NormalizedField): boolean {
    const { invalidArguments, schema } = this.#scope;
    if (invalidArguments === undefined) return false;
    const isMutation = type === schema.getMutationType();
    if (isMutation && this.#isOver) return true;
    if (invalidArguments.ofField(type, field) === undefined) return false;
    const definition = 'getFields' in type ? type.getFields()[field.name.value] : undefined;
    this.#isOver ||= isMutation && isNonNullType(definition?.type);
    return true;
  }

  #among(possible: readonly GraphQLObjectType[], type: GraphQLCompositeType): readonly GraphQLObjectType[] {
    const types = possibleObjectTypes(this.#scope.schema, type);
    return possible.filter((one) => types.includes(one));
  }

  #withoutConditions(directives: readonly DirectiveNode[] = []): readonly DirectiveNode[] {
    const isMeant = this.#scope.deferred !== undefined;
    return directives.filter(({ name: { value } }) => !CONDITIONS.includes(value) && (isMeant || value !== DEFER));
  }

  #field(type: GraphQLCompositeType, field: NormalizedField): NormalizedField {
    const key = dataKeyOf(this.#dataKeys, field);
    const named: NormalizedField =
      key === responseKeyOf(field) ? field : { ...field, alias: { kind: Kind.NAME, value: key } };
    const definition = 'getFields' in type ? type.getFields()[field.name.value] : undefined;
    const below = definition && getNamedType(definition.type);
    if (field.selectionSet === undefined || !isCompositeType(below)) return named;
    const { selections = [] } = this.#selectionSet(below, field.selectionSet) ?? {};
    const isFilled = selections.some((selection) => this.#fills(below, selection));
    const selectionSet = { ...field.selectionSet, selections: isFilled ? selections : [...selections, TYPENAME] };
    return { ...named, selectionSet };
  }

  /** Returns true when a selection requests a field whatever the concrete type of the object. */
  #fills(type: GraphQLCompositeType, selection: NormalizedSelection): boolean {
    if (selection.kind === Kind.FIELD) return true;
    const on = selection.typeCondition?.name.value;
    const inner = this.#typeOf(on) ?? type;
    return (
      typeConditionApplies(this.#scope.schema, on, type) &&
      selection.selectionSet.selections.some((below) => this.#fills(inner, below))
    );
  }

  #typeOf(name: string | undefined): GraphQLCompositeType | undefined {
    const type = name === undefined ? undefined : this.#scope.schema.getType(name);
    return isCompositeType(type) ? type : undefined;
  }
}
