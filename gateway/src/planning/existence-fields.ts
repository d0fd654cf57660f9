import { type ConstDirectiveNode, type DocumentNode, type FieldDefinitionNode, Kind, type TypeNode } from 'graphql';
import type { ExistenceFields } from '../graphql/collect-fields.ts';
import { booleanArgument, graphOf, isTypeDefinition, type TypeDefinition } from './join-directives.ts';

/**
 * Reads the fields that show whether an entity exists, of root fields that return an interface. The subgraph of the root field returns a
 * reference to an entity that another subgraph owns, and declares a non-null field of the interface `@external` in it. Only the owner
 * resolves this field, and it returns no entity when none has the key.
 */
export function readExistenceFields(supergraph: DocumentNode): ExistenceFields {
  const types = new Map(supergraph.definitions.filter(isTypeDefinition).map((type) => [type.name.value, type]));
  const query = types.get(queryTypeName(supergraph));
  const existence = new Map<string, ReadonlyMap<string, string>>();
  for (const root of query?.fields ?? []) {
    const returned = types.get(namedType(root.type));
    if (query === undefined || returned?.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const graphs = graphsOf(root, query);
    const byType = new Map<string, string>();
    for (const [name, type] of types) {
      if (type.kind === Kind.INTERFACE_TYPE_DEFINITION || !implementsInterface(type, returned)) continue;
      const required = returned.fields?.filter((field) => field.type.kind === Kind.NON_NULL_TYPE) ?? [];
      const external = required.find((field) => isExternal(type, field.name.value, graphs));
      if (external !== undefined) byType.set(name, external.name.value);
    }
    if (byType.size > 0) existence.set(`${query.name.value}.${root.name.value}`, byType);
  }
  return existence;
}

function queryTypeName({ definitions }: DocumentNode): string {
  const schema = definitions.find((node) => node.kind === Kind.SCHEMA_DEFINITION);
  return schema?.operationTypes.find(({ operation }) => operation === 'query')?.type.name.value ?? 'Query';
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

function implementsInterface({ interfaces = [] }: TypeDefinition, { name }: TypeDefinition): boolean {
  return interfaces.some((other) => other.name.value === name.value);
}

/** Returns the subgraphs that resolve a field: by default all of its type. */
function graphsOf(field: FieldDefinitionNode, type: TypeDefinition): readonly (string | undefined)[] {
  const own = joins(field, 'join__field').filter((directive) => booleanArgument(directive, 'external') !== true);
  return (own.length > 0 ? own : joins(type, 'join__type')).map(graphOf);
}

/** Returns true when each of these subgraphs declares the field external. */
function isExternal(type: TypeDefinition, name: string, graphs: readonly (string | undefined)[]): boolean {
  const field = type.fields?.find((other) => other.name.value === name);
  const directives = field === undefined ? [] : joins(field, 'join__field');
  return graphs.every((graph) =>
    directives.some((directive) => graphOf(directive) === graph && booleanArgument(directive, 'external') === true),
  );
}

function joins({ directives = [] }: FieldDefinitionNode | TypeDefinition, name: string): readonly ConstDirectiveNode[] {
  return directives.filter((directive) => directive.name.value === name);
}
