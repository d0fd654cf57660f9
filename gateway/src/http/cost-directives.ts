import { type ConstDirectiveNode, Kind, parse, valueFromASTUntyped, visit } from 'graphql';

/** What `@listSize` says of a field (https://ibm.github.io/graphql-specs/cost-spec.html#sec-The-List-Size-Directive). */
export interface ListSize {
  /** Members of the list where no argument tells. */
  readonly assumedSize?: number;
  /** Arguments that tell how many members there are at most. */
  readonly slicingArguments?: readonly string[];
}

/** What a supergraph says of costs. */
export interface CostDirectives {
  /** `@cost(weight:)` by type (`Movie`) or field (`Query.searchMovies`). */
  readonly weights: ReadonlyMap<string, number>;
  /** `@listSize` by field. */
  readonly listSizes: ReadonlyMap<string, ListSize>;
}

export const NO_COST_DIRECTIVES: CostDirectives = { weights: new Map(), listSizes: new Map() };

/** Reads `@cost` and `@listSize` from a supergraph, where composition puts what the subgraphs say. */
export function costDirectives(supergraph: string): CostDirectives {
  const weights = new Map<string, number>();
  const listSizes = new Map<string, ListSize>();
  let type = '';
  const read = (coordinate: string, directives: readonly ConstDirectiveNode[] = []) => {
    for (const directive of directives) {
      const values = argumentsOf(directive);
      if (directive.name.value === 'cost') weights.set(coordinate, Number(values.weight));
      if (directive.name.value === 'listSize') listSizes.set(coordinate, listSizeOf(values));
    }
  };
  visit(parse(supergraph, { noLocation: true }), {
    enter(node) {
      if (!('name' in node) || node.name?.kind !== Kind.NAME) return;
      if (node.kind === Kind.FIELD_DEFINITION) read(`${type}.${node.name.value}`, node.directives);
      else if (TYPES.has(node.kind) && 'directives' in node) {
        type = node.name.value;
        read(type, node.directives as readonly ConstDirectiveNode[]);
      }
    },
  });
  return { weights, listSizes };
}

const TYPES: ReadonlySet<string> = new Set([
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.SCALAR_TYPE_DEFINITION,
  Kind.ENUM_TYPE_DEFINITION,
]);

function argumentsOf({ arguments: args = [] }: ConstDirectiveNode): Record<string, unknown> {
  return Object.fromEntries(args.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));
}

function listSizeOf({ assumedSize, slicingArguments }: Record<string, unknown>): ListSize {
  return {
    ...(typeof assumedSize === 'number' && { assumedSize }),
    ...(Array.isArray(slicingArguments) && { slicingArguments: slicingArguments.map(String) }),
  };
}
