import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isInputObjectType,
  isIntrospectionType,
  isListType,
  isObjectType,
  Kind,
} from 'graphql';
import { type CostDirectives, type ListSize, NO_COST_DIRECTIVES, type SizedFields } from '../directives/cost.ts';
import { isIncluded } from '../graphql/collect-fields.ts';
import { coerceArguments } from '../graphql/invalid-arguments.ts';
import type { NormalizedField, NormalizedOperation, NormalizedSelectionSet } from '../graphql/normalized-operation.ts';

/** Default page size of the subgraphs. */
const DEFAULT_PAGE_SIZE = 20;

/** Assumed size of a list without `@listSize`. */
const ASSUMED_LIST_SIZE = 10;

/** Cost of a field of Mutation beside the objects that it returns. */
const MUTATION_WEIGHT = 10;

/**
 * Returns the cost of an operation: of the objects that its response can contain, and of its input objects. An object costs 1, a scalar 0, a
 * mutation {@link MUTATION_WEIGHT}. A page multiplies the cost of its selections by `first` or `last`, another list by
 * {@link ASSUMED_LIST_SIZE}; `@cost` and `@listSize` override both (IBM's GraphQL Cost Directives specification).
 *
 * @param variables coerced
 * @throws GraphQLError `SLICING_ARGUMENT_REQUIRED` when `@listSize` requires exactly one slicing argument
 */
export function operationCost(
  schema: GraphQLSchema,
  operation: NormalizedOperation,
  variables: Readonly<Record<string, unknown>> = {},
  directives: CostDirectives = NO_COST_DIRECTIVES,
): number {
  const root = schema.getRootType(operation.operation);
  if (!root) return 0;
  return new CostCounter(schema, variables, directives).below(root, operation.selectionSet, []);
}

/** Lists whose size an argument of a field above them sets (`sizedFields`). */
interface Sized {
  readonly fields: SizedFields;
  readonly size: number;
}

class CostCounter {
  readonly #schema: GraphQLSchema;
  readonly #variables: Record<string, unknown>;
  readonly #directives: CostDirectives;

  constructor(schema: GraphQLSchema, variables: Readonly<Record<string, unknown>>, directives: CostDirectives) {
    this.#schema = schema;
    this.#variables = variables;
    this.#directives = directives;
  }

  /** Returns the cost of the most expensive possible type. */
  below(type: GraphQLCompositeType, selectionSet: NormalizedSelectionSet, sized: readonly Sized[]): number {
    const totals = new Map<GraphQLNamedType, number>(this.#possible(type).map((possible) => [possible, 0]));
    const count = (on: GraphQLCompositeType, { selections }: NormalizedSelectionSet): void => {
      for (const selection of selections) {
        if (!isIncluded({ variables: this.#variables }, selection)) continue;
        if (selection.kind === Kind.FIELD) {
          const cost = this.#field(on, selection, sized);
          for (const possible of this.#possible(on)) {
            const total = totals.get(possible);
            if (total !== undefined) totals.set(possible, total + cost);
          }
          continue;
        }
        const condition = this.#schema.getType(selection.typeCondition?.name.value ?? on.name);
        if (isCompositeType(condition)) count(condition, selection.selectionSet);
      }
    };
    count(type, selectionSet);
    return Math.max(0, ...totals.values());
  }

  #field(type: GraphQLCompositeType, node: NormalizedField, above: readonly Sized[]): number {
    const name = node.name.value;
    const field = 'getFields' in type ? type.getFields()[name] : undefined;
    const named = field && getNamedType(field.type);
    if (field === undefined || named === undefined || isIntrospectionType(named)) return 0;
    const coordinate = `${type.name}.${name}`;
    const args = coerceArguments(field, node, this.#variables);
    if (typeof args === 'string') return 0; // invalid: it is not executed
    const listSize = this.#directives.listSizes.get(coordinate);
    const size = listSizeOf(coordinate, args, listSize);
    const own = this.#weightOfField(type, name, named);
    const { sizedFields } = listSize ?? {};
    const sized = above.flatMap(({ fields, size: outerSize }) => {
      const further = fields.get(name);
      return further === undefined || further.size === 0 ? [] : [{ fields: further, size: outerSize }];
    });
    if (sizedFields !== undefined) sized.push({ fields: sizedFields, size: size ?? DEFAULT_PAGE_SIZE });
    const children = isCompositeType(named) && node.selectionSet ? this.below(named, node.selectionSet, sized) : 0;
    const sent = this.#sent(coordinate, field.args, args);
    if (isListType(getNullableType(field.type))) {
      const outerSizes = above.filter(({ fields }) => fields.get(name)?.size === 0).map((outer) => outer.size);
      const ownSize = sizedFields === undefined ? size : undefined;
      // The items of a page are counted at the field of the page, which has the slicing arguments.
      const otherwise = ownSize ?? (isConnection(type) && above.length === 0 ? 1 : ASSUMED_LIST_SIZE);
      return (outerSizes.length > 0 ? Math.max(...outerSizes) : otherwise) * (own + children) + sent;
    }
    const pages = isConnection(named) && sizedFields === undefined ? (size ?? DEFAULT_PAGE_SIZE) : 1;
    return own + pages * children + sent;
  }

  /** Returns the weight of a field; for an interface, the largest of the possible objects. */
  #weightOfField(type: GraphQLCompositeType, name: string, named: GraphQLNamedType): number {
    const { weights } = this.#directives;
    const explicit = [type, ...this.#possible(type)].flatMap((owner) => weights.get(`${owner.name}.${name}`) ?? []);
    if (explicit.length > 0) return Math.max(...explicit);
    const isMutation = type === this.#schema.getMutationType();
    return (weights.get(named.name) ?? (isCompositeType(named) ? 1 : 0)) + (isMutation ? MUTATION_WEIGHT : 0);
  }

  /** Returns the cost of a field's arguments. */
  #sent(coordinate: string, args: readonly GraphQLArgument[], values: Readonly<Record<string, unknown>>): number {
    let cost = 0;
    for (const { name, type } of args) cost += this.#input(`${coordinate}(${name}:)`, type, values[name]);
    return cost;
  }

  #input(coordinate: string, type: GraphQLInputType, value: unknown): number {
    if (value === undefined || value === null) return 0;
    if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + this.#input(coordinate, type, item), 0);
    const named = getNamedType(type);
    const { weights } = this.#directives;
    let cost = weights.get(coordinate) ?? weights.get(named.name) ?? (isInputObjectType(named) ? 1 : 0);
    if (!isInputObjectType(named)) return cost;
    for (const field of Object.values(named.getFields())) {
      const given = (value as Record<string, unknown>)[field.name];
      cost += this.#input(`${named.name}.${field.name}`, field.type, given);
    }
    return cost;
  }

  #possible(type: GraphQLCompositeType): readonly GraphQLNamedType[] {
    return isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [type];
  }
}

/** Returns true when a type is a page of a list (GraphQL Cursor Connections, section 2.1). */
function isConnection(type: GraphQLNamedType): boolean {
  return isObjectType(type) && type.getFields().pageInfo !== undefined;
}

const SLICING_ARGUMENTS = ['first', 'last'];

/** Returns the size of a list by its slicing arguments or its assumed size; undefined without both. */
function listSizeOf(
  coordinate: string,
  args: Record<string, unknown>,
  listSize: ListSize | undefined,
): number | undefined {
  const names = listSize?.slicingArguments.length ? listSize.slicingArguments : SLICING_ARGUMENTS;
  const sizes = names.flatMap((name) => sizeIn(args, name.split('.')) ?? []);
  if (listSize?.requiresOne === true && sizes.length !== 1) {
    const message = `The field ${coordinate} takes exactly one of the arguments ${names.map((name) => `"${name}"`).join(', ')}.`;
    throw new GraphQLError(message, { extensions: { code: 'SLICING_ARGUMENT_REQUIRED' } });
  }
  return sizes.length === 0 ? listSize?.assumedSize : Math.max(0, ...sizes);
}

function sizeIn(value: unknown, path: readonly string[]): number | undefined {
  const [name, ...rest] = path;
  if (name !== undefined) return sizeIn((value as Record<string, unknown> | null | undefined)?.[name], rest);
  if (typeof value === 'number') return value;
  return Array.isArray(value) ? value.length : undefined;
}
