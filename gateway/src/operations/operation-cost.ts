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

/** Nodes of a page where the client names no size, as the subgraphs have it. */
const DEFAULT_PAGE_SIZE = 20;

/** Members that a list is taken to have where nothing tells its size. */
const ASSUMED_LIST_SIZE = 10;

/** Cost of a field of Mutation beside the objects that it returns. */
const MUTATION_WEIGHT = 10;

/**
 * Returns the cost of an operation: the objects that its response can hold, and those that it sends. An object costs 1, a scalar nothing, a
 * mutation 10; a page multiplies what is below it by `first` or `last`, other lists by {@link ASSUMED_LIST_SIZE}; `@cost` and `@listSize` of the
 * supergraph say otherwise (IBM's GraphQL Cost Directives specification).
 *
 * @param variables coerced
 * @throws GraphQLError `SLICING_ARGUMENT_REQUIRED` where a list's size has to be told by exactly one argument, and is not
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

/** Lists below a field whose size is known there. */
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
    const totals = new Map<GraphQLNamedType, number>(this.#possible(type).map((one) => [one, 0]));
    const count = (on: GraphQLCompositeType, { selections }: NormalizedSelectionSet): void => {
      for (const selection of selections) {
        if (!isIncluded({ variables: this.#variables }, selection)) continue;
        if (selection.kind === Kind.FIELD) {
          const cost = this.#field(on, selection, sized);
          for (const one of this.#possible(on)) {
            const total = totals.get(one);
            if (total !== undefined) totals.set(one, total + cost);
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
    if (typeof args === 'string') return 0; // it is not executed, which its error says
    const listSize = this.#directives.listSizes.get(coordinate);
    const size = listSizeOf(coordinate, args, listSize);
    const own = this.#weightOfField(type, name, named);
    const { sizedFields } = listSize ?? {};
    const sized = above.flatMap(({ fields, size: known }) => {
      const further = fields.get(name);
      return further === undefined || further.size === 0 ? [] : [{ fields: further, size: known }];
    });
    if (sizedFields !== undefined) sized.push({ fields: sizedFields, size: size ?? DEFAULT_PAGE_SIZE });
    const children = isCompositeType(named) && node.selectionSet ? this.below(named, node.selectionSet, sized) : 0;
    const sent = this.#sent(coordinate, field.args, args);
    if (isListType(getNullableType(field.type))) {
      const told = above.filter(({ fields }) => fields.get(name)?.size === 0).map((one) => one.size);
      const itself = sizedFields === undefined ? size : undefined;
      // The members of a page are counted where the page is asked for: there stand the arguments that size it.
      const otherwise = itself ?? (isConnection(type) && above.length === 0 ? 1 : ASSUMED_LIST_SIZE);
      return (told.length > 0 ? Math.max(...told) : otherwise) * (own + children) + sent;
    }
    const pages = isConnection(named) && sizedFields === undefined ? (size ?? DEFAULT_PAGE_SIZE) : 1;
    return own + pages * children + sent;
  }

  /** A field of an interface weighs what it weighs most in the objects that may be there. */
  #weightOfField(type: GraphQLCompositeType, name: string, named: GraphQLNamedType): number {
    const { weights } = this.#directives;
    const told = [type, ...this.#possible(type)].flatMap((owner) => weights.get(`${owner.name}.${name}`) ?? []);
    if (told.length > 0) return Math.max(...told);
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

/** Undefined where nothing tells. */
function listSizeOf(
  coordinate: string,
  args: Record<string, unknown>,
  listSize: ListSize | undefined,
): number | undefined {
  const names = listSize?.slicingArguments.length ? listSize.slicingArguments : SLICING_ARGUMENTS;
  const asked = names.flatMap((name) => sizeIn(args, name.split('.')) ?? []);
  if (listSize?.requiresOne === true && asked.length !== 1) {
    const message = `The field ${coordinate} takes exactly one of the arguments ${names.map((name) => `"${name}"`).join(', ')}.`;
    throw new GraphQLError(message, { extensions: { code: 'SLICING_ARGUMENT_REQUIRED' } });
  }
  return asked.length === 0 ? listSize?.assumedSize : Math.max(0, ...asked);
}

function sizeIn(value: unknown, path: readonly string[]): number | undefined {
  const [name, ...rest] = path;
  if (name !== undefined) return sizeIn((value as Record<string, unknown> | null | undefined)?.[name], rest);
  if (typeof value === 'number') return value;
  return Array.isArray(value) ? value.length : undefined;
}
