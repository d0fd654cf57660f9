import {
  type ConstDirectiveNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { argumentsOf, linkedDirectives } from './link.ts';

/** Nested fields by name; those without nested fields are the sized lists. */
export interface SizedFields extends ReadonlyMap<string, SizedFields> {}

/** `@listSize` of a field (https://ibm.github.io/graphql-specs/cost-spec.html#sec-The-List-Size-Directive). */
export interface ListSize {
  /** Number of items without a slicing argument. */
  readonly assumedSize?: number;
  /** Arguments that limit the number of items: a number, or a list with one value for each item. Dots lead to fields of inputs. */
  readonly slicingArguments: readonly string[];
  /** True when exactly one of those arguments is required. */
  readonly requiresOne: boolean;
  /** The nested lists that have the size, in place of the field itself. */
  readonly sizedFields?: SizedFields;
}

/** Costs that a supergraph declares. */
export interface CostDirectives {
  /** `@cost(weight:)` by type (`Movie`), field or input field (`Query.searchMovies`) or argument (`Query.searchMovies(text:)`). */
  readonly weights: ReadonlyMap<string, number>;
  /** `@listSize` by field. */
  readonly listSizes: ReadonlyMap<string, ListSize>;
}

export const NO_COST_DIRECTIVES: CostDirectives = { weights: new Map(), listSizes: new Map() };

/** Reads `@cost` and `@listSize` from a supergraph, by the names under which it links them. */
export function readCostDirectives(supergraph: string): CostDirectives {
  const document = parse(supergraph, { noLocation: true });
  const nameOf = linkedDirectives(document);
  const [cost, listSize] = [nameOf('cost', 'cost'), nameOf('cost', 'listSize')];
  if (cost === undefined) return NO_COST_DIRECTIVES;
  const weights = new Map<string, number>();
  const listSizes = new Map<string, ListSize>();
  let [type, field] = ['', ''];
  const read = (coordinate: string, directives: readonly ConstDirectiveNode[] = []) => {
    for (const directive of directives) {
      const values = argumentsOf(directive);
      if (directive.name.value === cost) weights.set(coordinate, Number(values.weight));
      if (directive.name.value === listSize) listSizes.set(coordinate, listSizeOf(values));
    }
  };
  visit(document, {
    DirectiveDefinition: () => false,
    FieldDefinition({ name, directives }) {
      field = `${type}.${name.value}`;
      read(field, directives);
    },
    InputValueDefinition({ name, directives }, _key, _parent, _path, ancestors) {
      const isArgument = ancestors.some((node) => 'kind' in node && node.kind === Kind.FIELD_DEFINITION);
      read(isArgument ? `${field}(${name.value}:)` : `${type}.${name.value}`, directives);
    },
    enter(node) {
      if (!TYPES.has(node.kind) || !('name' in node) || node.name === undefined || !('directives' in node)) return;
      type = node.name.value;
      read(type, node.directives as readonly ConstDirectiveNode[]);
    },
  });
  return { weights, listSizes };
}

const TYPES: ReadonlySet<string> = new Set([
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.INPUT_OBJECT_TYPE_DEFINITION,
  Kind.SCALAR_TYPE_DEFINITION,
  Kind.ENUM_TYPE_DEFINITION,
]);

function listSizeOf(values: Record<string, unknown>): ListSize {
  const { assumedSize, slicingArguments, sizedFields, requireOneSlicingArgument } = values;
  const slicing = textsOf(slicingArguments);
  const sized = textsOf(sizedFields);
  return {
    ...(typeof assumedSize === 'number' && { assumedSize }),
    slicingArguments: slicing,
    requiresOne: slicing.length > 0 && requireOneSlicingArgument !== false,
    ...(sized.length > 0 && { sizedFields: sizedFieldsOf(sized) }),
  };
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Parses sized fields: each is a name, or a selection such as `results { page }`. */
function sizedFieldsOf(texts: readonly string[]): SizedFields {
  const below = (set: SelectionSetNode | undefined): SizedFields =>
    new Map(
      (set?.selections ?? []).flatMap((selection) =>
        selection.kind === Kind.FIELD ? [[selection.name.value, below(selection.selectionSet)]] : [],
      ),
    );
  const [operation] = parse(`{ ${texts.join(' ')} }`, { noLocation: true }).definitions;
  return below((operation as OperationDefinitionNode).selectionSet);
}
