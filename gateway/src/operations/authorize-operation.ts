import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { type AccessRules, type Caller, meetsRequirement, type Requirement } from '../directives/access.ts';
import type { RestrictedOperation } from '../execution/compile-operation.ts';
import { isIncluded, possibleObjectTypes } from '../graphql/collect-fields.ts';

/** What an operation requires of its callers. */
export interface GuardedOperation {
  /** Which of the requirements a caller does not meet: equal for those who get the same of the operation, empty for who gets it all. */
  unmet(caller: Caller): string;
  /** The operation for those whose {@link unmet} this is. */
  restrict(unmet: string): RestrictedOperation;
}

/**
 * Goes through a valid operation once for what it requires; undefined when that is nothing.
 *
 * A field is refused where the caller lacks what the field requires, what the type that has it requires, or what the type that it returns
 * requires; a field of an interface also where one of the objects that may stand there requires more. `__typename` alone is never refused.
 */
export function guardOperation(
  schema: GraphQLSchema,
  rules: AccessRules,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): GuardedOperation | undefined {
  if (rules.size === 0) return undefined;
  const touched = new Set<Requirement>();
  new AuthorizationVisitor(schema, rules, document, (requirements) => {
    for (const one of requirements) touched.add(one);
    return false;
  }).restrict(operation);
  if (touched.size === 0) return undefined;
  const requirements = [...touched];
  return {
    unmet: (caller) => {
      let unmet = '';
      for (let index = 0; index < requirements.length; index++) {
        if (!meetsRequirement(requirements[index] as Requirement, caller)) unmet += unmet === '' ? index : `,${index}`;
      }
      return unmet;
    },
    restrict(unmet) {
      const lacking = new Set(unmet.split(',').map((index) => requirements[Number(index)]));
      const restriction = new AuthorizationVisitor(schema, rules, document, (ones) =>
        ones.some((one) => lacking.has(one)),
      );
      return restriction.restrict(operation);
    },
  };
}

/** The objects that may stand somewhere, and as what they are spoken of there. */
interface SelectionPosition {
  readonly type: GraphQLCompositeType;
  readonly possible: readonly GraphQLObjectType[];
  /** Response keys from the root; lists are no part of it. */
  readonly path: readonly string[];
  /** What `@skip` and `@include` are above. */
  readonly conditions: readonly SelectionNode[];
}

interface UnauthorizedField {
  readonly path: readonly string[];
  readonly coordinate: string;
  /** It is refused where all that is in one of these applies. */
  readonly conditions: (readonly SelectionNode[])[];
}

interface RestrictedSelections {
  readonly planned: SelectionNode[];
  readonly selected: SelectionNode[];
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

class AuthorizationVisitor {
  readonly #schema: GraphQLSchema;
  readonly #rules: AccessRules;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #isUnauthorized: (requirements: readonly Requirement[]) => boolean;
  readonly #unauthorized = new Set<FieldNode>();
  readonly #unauthorizedFields = new Map<string, UnauthorizedField>();

  constructor(
    schema: GraphQLSchema,
    rules: AccessRules,
    document: DocumentNode,
    refuses: (requirements: readonly Requirement[]) => boolean,
  ) {
    this.#schema = schema;
    this.#rules = rules;
    this.#isUnauthorized = refuses;
    this.#fragments = new Map(
      document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
    );
  }

  restrict(operation: OperationDefinitionNode): RestrictedOperation {
    const type = this.#schema.getRootType(operation.operation);
    const { planned, selected }: RestrictedSelections = type
      ? this.#selections(operation.selectionSet, { type, possible: [type], path: [], conditions: [] })
      : { planned: [], selected: [] };
    const refusals = [...this.#unauthorizedFields.values()];
    return {
      planned: withSelections(operation, planned),
      selected: withSelections(operation, selected),
      unauthorized: this.#unauthorized,
      errors: (variables) =>
        refusals
          .filter(({ conditions }) =>
            conditions.some((all) => all.every((selection) => isIncluded({ variables }, selection))),
          )
          .map(({ path, coordinate }) => ({
            message: `The field ${coordinate} is not permitted.`,
            path: [...path],
            extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE', coordinate },
          })),
    };
  }

  #selections({ selections }: SelectionSetNode, place: SelectionPosition): RestrictedSelections {
    const result: RestrictedSelections = { planned: [], selected: [] };
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) this.#field(selection, place, result);
      else this.#fragment(selection, place, result);
    }
    return result;
  }

  #fragment(
    selection: Exclude<SelectionNode, FieldNode>,
    place: SelectionPosition,
    result: RestrictedSelections,
  ): void {
    const node = selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(selection.name.value) : selection;
    if (node === undefined) return;
    const { typeCondition, selectionSet } = node;
    const type = this.#schema.getType(typeCondition?.name.value ?? place.type.name);
    if (!isCompositeType(type)) return;
    const possible = place.possible.filter(
      (one) => one === type || possibleObjectTypes(this.#schema, type).includes(one),
    );
    if (possible.length === 0) return; // nothing that it is about can stand here
    const { directives = [] } = selection;
    const conditions = directives.length === 0 ? place.conditions : [...place.conditions, selection];
    const below = this.#selections(selectionSet, { ...place, type, possible, conditions });
    for (const kind of ['planned', 'selected'] as const) {
      if (below[kind].length === 0) continue;
      result[kind].push({
        kind: Kind.INLINE_FRAGMENT,
        ...(typeCondition && { typeCondition }),
        directives,
        selectionSet: { kind: Kind.SELECTION_SET, selections: below[kind] },
      });
    }
  }

  #field(node: FieldNode, place: SelectionPosition, result: RestrictedSelections): void {
    const name = node.name.value;
    const definition = 'getFields' in place.type ? place.type.getFields()[name] : undefined;
    if (definition === undefined) {
      result.planned.push(node); // what every type has, and the schema's own
      result.selected.push(node);
      return;
    }
    const path = [...place.path, node.alias?.value ?? name];
    const conditions = node.directives?.length ? [...place.conditions, node] : place.conditions;
    if (this.#isUnauthorized(this.#requirementsOf(name, place))) {
      const refused = { ...node };
      this.#unauthorized.add(refused);
      result.selected.push(refused);
      this.#addUnauthorizedField(path, `${place.type.name}.${name}`, conditions);
      return;
    }
    const type = getNamedType(definition.type);
    if (!isCompositeType(type) || node.selectionSet === undefined) {
      result.planned.push(node);
      result.selected.push(node);
      return;
    }
    const below = this.#selections(node.selectionSet, {
      type,
      possible: possibleObjectTypes(this.#schema, type),
      path,
      conditions,
    });
    // Whether there is an object at all is not refused.
    if (below.planned.length === 0) below.planned.push(TYPENAME);
    for (const kind of ['planned', 'selected'] as const) {
      result[kind].push({ ...node, selectionSet: { kind: Kind.SELECTION_SET, selections: below[kind] } });
    }
  }

  #addUnauthorizedField(path: readonly string[], coordinate: string, conditions: readonly SelectionNode[]): void {
    const key = JSON.stringify([path, coordinate]);
    const known = this.#unauthorizedFields.get(key);
    if (known === undefined) this.#unauthorizedFields.set(key, { path, coordinate, conditions: [conditions] });
    else known.conditions.push(conditions);
  }

  #requirementsOf(field: string, { type, possible }: SelectionPosition): Requirement[] {
    const owners = isObjectType(type) ? [type] : [type, ...possible];
    return owners.flatMap((owner) => {
      const definition = 'getFields' in owner ? owner.getFields()[field] : undefined;
      const returned = definition === undefined ? [] : [getNamedType(definition.type).name];
      return [owner.name, `${owner.name}.${field}`, ...returned].flatMap((place) => this.#rules.get(place) ?? []);
    });
  }
}

function withSelections(operation: OperationDefinitionNode, selections: SelectionNode[]): OperationDefinitionNode {
  return { ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections } };
}
