import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isIntrospectionType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { type ComplexityEstimator, getComplexity } from 'graphql-query-complexity';
import { type CostDirectives, type ListSize, NO_COST_DIRECTIVES } from './cost-directives.ts';

/** Nodes of a page where the client names no size, as the subgraphs have it. */
const DEFAULT_PAGE_SIZE = 20;

/** Members that a list is taken to have where nothing tells its size. */
const ASSUMED_LIST_SIZE = 10;

/** What a field of Mutation costs beside the objects that it returns. */
const MUTATION_WEIGHT = 10;

/**
 * What an operation costs: the objects that its answer can hold. An object costs 1, a scalar nothing, a mutation 10; a page
 * multiplies what is below it by `first` or `last`, other lists by {@link ASSUMED_LIST_SIZE}; `@cost` and `@listSize` of the
 * supergraph say otherwise (IBM's GraphQL Cost Directives specification).
 *
 * @throws GraphQLError when the document has too many nodes to be counted
 */
export function operationCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>> = {},
  directives: CostDirectives = NO_COST_DIRECTIVES,
): number {
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  return getComplexity({
    schema,
    query: { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] },
    variables,
    estimators: [estimator(schema, directives)],
    maxQueryNodes: Number.POSITIVE_INFINITY,
  });
}

function estimator(schema: GraphQLSchema, directives: CostDirectives): ComplexityEstimator {
  const mutation = schema.getMutationType();
  return ({ type, field, args, childComplexity }) => {
    const named = getNamedType(field.type);
    if (isIntrospectionType(named)) return 0;
    const coordinate = `${type.name}.${field.name}`;
    const own =
      directives.weights.get(coordinate) ??
      (directives.weights.get(named.name) ?? (isCompositeType(named) ? 1 : 0)) +
        (type === mutation ? MUTATION_WEIGHT : 0);
    const size = (otherwise: number) => sizeOf(args, directives.listSizes.get(coordinate), otherwise);
    if (isListType(getNullableType(field.type))) {
      // The members of a page are counted where the page is asked for: there stand the arguments that size it.
      return (isPage(type) ? 1 : size(ASSUMED_LIST_SIZE)) * (own + childComplexity);
    }
    return own + (isPage(named) ? size(DEFAULT_PAGE_SIZE) : 1) * childComplexity;
  };
}

/** Whether a type is a page of a list (GraphQL Cursor Connections, section 2.1). */
function isPage(type: GraphQLNamedType): boolean {
  return isObjectType(type) && type.getFields().pageInfo !== undefined;
}

const SLICING_ARGUMENTS = ['first', 'last'];

function sizeOf(args: Record<string, unknown>, listSize: ListSize | undefined, otherwise: number): number {
  const asked = (listSize?.slicingArguments ?? SLICING_ARGUMENTS)
    .map((name) => args[name])
    .filter((value) => typeof value === 'number');
  return asked.length === 0 ? (listSize?.assumedSize ?? otherwise) : Math.max(0, ...asked);
}
