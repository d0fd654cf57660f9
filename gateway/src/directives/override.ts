import { type DocumentNode, type GraphQLSchema, Kind, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { possibleObjectTypes } from '../graphql/collect-fields.ts';
import type { NormalizedOperation } from '../graphql/normalized-operation.ts';
import { argumentsOf } from './link.ts';

/**
 * Labels of `@override(from:, label:)` in a supergraph, by field (`User.email`). The overriding subgraph resolves the field
 * when the label is on. Composition rejects keys and requirements with such a field.
 */
export type OverrideLabels = ReadonlyMap<string, string>;

/** Returns true when a label is on. */
export type IsLabelOn = (label: string) => boolean;

export function readOverrideLabels(supergraph: DocumentNode): OverrideLabels {
  const labels = new Map<string, string>();
  for (const type of supergraph.definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const { name, directives = [] } of type.fields ?? []) {
      for (const directive of directives) {
        const { overrideLabel } = directive.name.value === 'join__field' ? argumentsOf(directive) : {};
        if (typeof overrideLabel === 'string') labels.set(`${type.name.value}.${name.value}`, overrideLabel);
      }
    }
  }
  return labels;
}

/** Returns the labels that the plan of an operation may depend on, sorted. */
export function overrideLabelsOf(
  schema: GraphQLSchema,
  byField: OverrideLabels,
  operation: NormalizedOperation,
): readonly string[] {
  if (byField.size === 0) return [];
  const labels = new Set<string>();
  const types = new TypeInfo(schema);
  visit(
    operation,
    visitWithTypeInfo(types, {
      Field({ name }) {
        const parent = types.getParentType();
        const owners = parent ? possibleObjectTypes(schema, parent) : [];
        for (const owner of owners) {
          const label = byField.get(`${owner.name}.${name.value}`);
          if (label !== undefined) labels.add(label);
        }
      },
    }),
  );
  return [...labels].toSorted();
}

const PERCENT = /^percent\((\d+(?:\.\d+)?)\)$/;

/**
 * Creates the predicate of one request: `percent(20)` is on at random in 20 % of requests, another label when it is named.
 *
 * @param named labels that are on
 */
export function createLabelPredicate(named: ReadonlySet<string>, random: () => number = Math.random): IsLabelOn {
  return (label) => {
    const [, percent] = PERCENT.exec(label) ?? [];
    return percent === undefined ? named.has(label) : random() * 100 < Number(percent);
  };
}
