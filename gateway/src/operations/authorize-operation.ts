import {
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
  Kind,
} from 'graphql';
import { type AccessRules, type Caller, meetsRequirement, type Requirement } from '../directives/access.ts';
import type { RestrictedOperation } from '../execution/executable-plan.ts';
import { isIncluded, possibleObjectTypes } from '../graphql/collect-fields.ts';
import type {
  NormalizedField,
  NormalizedFragment,
  NormalizedOperation,
  NormalizedSelection,
  NormalizedSelectionSet,
} from '../graphql/normalized-operation.ts';

/** An operation with requirements for its callers. */
export interface GuardedOperation {
  /** Returns a key of the requirements that a caller does not meet; empty for callers that may see the whole operation. */
  unmet(caller: Caller): string;
  /** Returns the operation for callers with this {@link unmet}. */
  restrict(unmet: string): RestrictedOperation;
}

/**
 * Finds the requirements of an operation; undefined when it has none.
 *
 * A field is unauthorized when the caller does not meet the requirements of the field, of its parent type, or of its return type. A field of
 * an interface also has the requirements of the possible objects. `__typename` alone is always authorized.
 */
export function guardOperation(
  schema: GraphQLSchema,
  rules: AccessRules,
  operation: NormalizedOperation,
): GuardedOperation | undefined {
  if (rules.size === 0) return undefined;
  const touched = new Set<Requirement>();
  new AuthorizationVisitor(schema, rules, (requirements) => {
    for (const requirement of requirements) touched.add(requirement);
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
      const restriction = new AuthorizationVisitor(schema, rules, (requirementsOf) =>
        requirementsOf.some((requirement) => lacking.has(requirement)),
      );
      return restriction.restrict(operation);
    },
  };
}

/** A position of selections: their parent type and the objects that may occur there. */
interface SelectionPosition {
  readonly type: GraphQLCompositeType;
  readonly possible: readonly GraphQLObjectType[];
  /** Response keys from the root, without list indexes. */
  readonly path: readonly string[];
  /** Enclosing selections with `@skip` or `@include`. */
  readonly conditions: readonly NormalizedSelection[];
}

interface UnauthorizedField {
  readonly path: readonly string[];
  readonly coordinate: string;
  /** The field is selected when all selections of one list are included. */
  readonly conditions: (readonly NormalizedSelection[])[];
}

interface RestrictedSelections {
  readonly planned: NormalizedSelection[];
  readonly selected: NormalizedSelection[];
}

const TYPENAME: NormalizedField = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

class AuthorizationVisitor {
  readonly #schema: GraphQLSchema;
  readonly #rules: AccessRules;
  readonly #isUnauthorized: (requirements: readonly Requirement[]) => boolean;
  readonly #unauthorized = new Set<NormalizedField>();
  readonly #unauthorizedFields = new Map<string, UnauthorizedField>();

  constructor(
    schema: GraphQLSchema,
    rules: AccessRules,
    isUnauthorized: (requirements: readonly Requirement[]) => boolean,
  ) {
    this.#schema = schema;
    this.#rules = rules;
    this.#isUnauthorized = isUnauthorized;
  }

  restrict(operation: NormalizedOperation): RestrictedOperation {
    const type = this.#schema.getRootType(operation.operation);
    const { planned, selected }: RestrictedSelections = type
      ? this.#selections(operation.selectionSet, { type, possible: [type], path: [], conditions: [] })
      : { planned: [], selected: [] };
    const unauthorizedFields = [...this.#unauthorizedFields.values()];
    return {
      planned: withSelections(operation, planned),
      selected: withSelections(operation, selected),
      unauthorized: this.#unauthorized,
      errors: (variables) =>
        unauthorizedFields
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

  #selections({ selections }: NormalizedSelectionSet, place: SelectionPosition): RestrictedSelections {
    const result: RestrictedSelections = { planned: [], selected: [] };
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) this.#field(selection, place, result);
      else this.#fragment(selection, place, result);
    }
    return result;
  }

  #fragment(fragment: NormalizedFragment, place: SelectionPosition, result: RestrictedSelections): void {
    const { typeCondition, selectionSet, directives = [] } = fragment;
    const type = this.#schema.getType(typeCondition?.name.value ?? place.type.name);
    if (!isCompositeType(type)) return;
    const possible = place.possible.filter(
      (object) => object === type || possibleObjectTypes(this.#schema, type).includes(object),
    );
    if (possible.length === 0) return;
    const conditions = directives.length === 0 ? place.conditions : [...place.conditions, fragment];
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

  #field(node: NormalizedField, place: SelectionPosition, result: RestrictedSelections): void {
    const name = node.name.value;
    const definition = 'getFields' in place.type ? place.type.getFields()[name] : undefined;
    if (definition === undefined) {
      result.planned.push(node); // __typename and introspection
      result.selected.push(node);
      return;
    }
    const path = [...place.path, node.alias?.value ?? name];
    const conditions = node.directives?.length ? [...place.conditions, node] : place.conditions;
    if (this.#isUnauthorized(this.#requirementsOf(name, place))) {
      const unauthorized = { ...node };
      this.#unauthorized.add(unauthorized);
      result.selected.push(unauthorized);
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
    // The existence of the object is no secret.
    if (below.planned.length === 0) below.planned.push(TYPENAME);
    for (const kind of ['planned', 'selected'] as const) {
      result[kind].push({ ...node, selectionSet: { kind: Kind.SELECTION_SET, selections: below[kind] } });
    }
  }

  #addUnauthorizedField(path: readonly string[], coordinate: string, conditions: readonly NormalizedSelection[]): void {
    const key = JSON.stringify([path, coordinate]);
    const existing = this.#unauthorizedFields.get(key);
    if (existing === undefined) this.#unauthorizedFields.set(key, { path, coordinate, conditions: [conditions] });
    else existing.conditions.push(conditions);
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

function withSelections(operation: NormalizedOperation, selections: NormalizedSelection[]): NormalizedOperation {
  return { ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections } };
}
