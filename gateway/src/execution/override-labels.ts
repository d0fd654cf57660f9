import {
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { argumentsOf } from './linked-features.ts';

/** Labels of `@override(from:, label:)` in a supergraph: where one is on, the subgraph that overrides the field answers it. */
export interface OverrideLabels {
  /** By field (`User.email`). */
  readonly byField: ReadonlyMap<string, string>;
  /** Those of fields that keys, requirements or contexts name, which any plan may ask for. */
  readonly anywhere: ReadonlySet<string>;
}

/** Says whether a label is on. */
export type IsLabelOn = (label: string) => boolean;

export function overrideLabels(supergraph: DocumentNode): OverrideLabels {
  const byField = new Map<string, string>();
  const named = new Set<string>();
  let type = '';
  const read = (directives: readonly ConstDirectiveNode[] = [], coordinate?: string) => {
    for (const directive of directives) {
      const name = directive.name.value;
      if (name !== 'join__field' && name !== 'join__type') continue;
      const { overrideLabel, key, requires, provides, contextArguments } = argumentsOf(directive);
      if (typeof overrideLabel === 'string' && coordinate !== undefined) byField.set(coordinate, overrideLabel);
      const texts = [key, requires, provides, contextArguments && JSON.stringify(contextArguments)];
      for (const text of texts) for (const [word] of String(text ?? '').matchAll(/\w+/g)) named.add(word);
    }
  };
  visit(supergraph, {
    enter(node) {
      if (node.kind === Kind.FIELD_DEFINITION) read(node.directives, `${type}.${node.name.value}`);
      if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) return;
      type = node.name.value;
      read(node.directives);
    },
  });
  const anywhere = [...byField].flatMap(([coordinate, label]) =>
    named.has(coordinate.slice(coordinate.indexOf('.') + 1)) ? [label] : [],
  );
  return { byField, anywhere: new Set(anywhere) };
}

/** The labels that the plan of a valid document may depend on, in an order of their own. */
export function labelsOf(
  schema: GraphQLSchema,
  { byField, anywhere }: OverrideLabels,
  document: DocumentNode,
): readonly string[] {
  if (byField.size === 0) return [];
  const labels = new Set(anywhere);
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field({ name }) {
        const parent = types.getParentType();
        const owners = isAbstractType(parent) ? schema.getPossibleTypes(parent) : parent ? [parent] : [];
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
 * Decides labels for one request: `percent(20)` is on for a fifth of them, at random; any other label where it is named.
 *
 * @param named labels that are on
 */
export function decideLabels(named: ReadonlySet<string>, random: () => number = Math.random): IsLabelOn {
  return (label) => {
    const [, percent] = PERCENT.exec(label) ?? [];
    return percent === undefined ? named.has(label) : random() * 100 < Number(percent);
  };
}
