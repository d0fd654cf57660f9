import { type ConstDirectiveNode, type DocumentNode, type FieldDefinitionNode, parse } from 'graphql';
import { argumentsOf } from '../directives/link.ts';
import {
  booleanArgument,
  graphNames,
  graphOf,
  isTypeDefinition,
  parseFieldSet,
  pathsOf,
  stringArgument,
  type TypeDefinition,
} from './join-directives.ts';
import { resolvableKeysFirst } from './workarounds/resolvable-keys-first.ts';
import { ArgumentSpecializer, type SpecializedFields } from './workarounds/specialize-required-arguments.ts';

/** A supergraph for the planner, without what the planner fails at, and what the workarounds have to know of it. */
export interface PreprocessedSupergraph {
  readonly document: DocumentNode;
  readonly specialized: SpecializedFields;
  /** The paths of the fields that a field requires, by {@link requirementKey}. */
  readonly requirements: ReadonlyMap<string, ReadonlySet<string>>;
  /** The paths of the fields of keys, by the type that has them. */
  readonly keys: ReadonlyMap<string, ReadonlySet<string>>;
  /** The names of fields that plans may select themselves: of keys, of requirements, of contexts, and `__typename`. */
  readonly reserved: ReadonlySet<string>;
  /** The types that implement an interface, interfaces included. */
  readonly implementations: ReadonlyMap<string, ReadonlySet<string>>;
  /** The interfaces that a subgraph defines as objects, by {@link interfaceObjectKey}. */
  readonly interfaceObjects: ReadonlySet<string>;
}

/** Identifies a field of a type in one subgraph. */
export function requirementKey(subgraph: string, type: string, field: string): string {
  return `${subgraph} ${type}.${field}`;
}

/** Identifies a type in one subgraph. */
export function interfaceObjectKey(subgraph: string, type: string): string {
  return `${subgraph} ${type}`;
}

type Fields = ReadonlyMap<TypeDefinition, readonly FieldDefinitionNode[]>;

export function preprocessSupergraph(sdl: string): PreprocessedSupergraph {
  const document = parse(sdl, { noLocation: true });
  const types = new Map(
    document.definitions.flatMap((node) => (isTypeDefinition(node) ? [[node.name.value, node] as const] : [])),
  );
  const subgraphs = graphNames(document);
  const specializer = new ArgumentSpecializer(types);
  const fields = new Map([...types.values()].map((type) => [type, specializer.specializeRequirements(type)]));
  const keys = keysOf(types.values());
  const requirements = requirementsOf(fields, subgraphs);
  const required = [...keys.values(), ...requirements.values()].flatMap((paths) => [...paths]);
  return {
    document: {
      ...document,
      definitions: document.definitions.map((node) => {
        if (!isTypeDefinition(node)) return node;
        return {
          ...node,
          fields: [
            ...specializer.withoutUnused(node, fields.get(node) ?? []),
            ...specializer.specializedFieldsOf(node),
          ],
          directives: resolvableKeysFirst(node.directives ?? []),
        };
      }),
    },
    specialized: specializer.specialized,
    requirements,
    keys,
    reserved: new Set(['__typename', ...required.flatMap((path) => path.split('.')), ...contextNames(fields)]),
    implementations: implementationsOf(types.values()),
    interfaceObjects: interfaceObjectsOf(types.values(), subgraphs),
  };
}

function keysOf(types: Iterable<TypeDefinition>): Map<string, ReadonlySet<string>> {
  const keys = new Map<string, Set<string>>();
  for (const { name, directives = [] } of types) {
    for (const directive of directives) {
      const key = stringArgument(directive, 'key');
      if (key === undefined) continue;
      const paths = keys.get(name.value) ?? new Set();
      for (const path of pathsOf(parseFieldSet(key))) paths.add(path);
      keys.set(name.value, paths);
    }
  }
  return keys;
}

function requirementsOf(
  fields: Fields,
  subgraphs: ReadonlyMap<string, string>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const requirements = new Map<string, ReadonlySet<string>>();
  for (const [type, ownFields] of fields) {
    for (const { name, directives = [] } of ownFields) {
      for (const directive of directives) {
        const requires = stringArgument(directive, 'requires');
        const subgraph = subgraphs.get(graphOf(directive) ?? '');
        if (directive.name.value !== 'join__field' || requires === undefined || subgraph === undefined) continue;
        const key = requirementKey(subgraph, type.name.value, name.value);
        requirements.set(key, new Set(pathsOf(parseFieldSet(requires))));
      }
    }
  }
  return requirements;
}

/** Returns the names in the selections of `@fromContext`, type names included. */
function contextNames(fields: Fields): string[] {
  const directives = [...fields.values()].flat().flatMap((field) => field.directives ?? []);
  return directives.flatMap((directive: ConstDirectiveNode) => {
    const { contextArguments } = argumentsOf(directive);
    if (!Array.isArray(contextArguments)) return [];
    return contextArguments.flatMap(({ selection }) => String(selection).match(/\w+/g) ?? []);
  });
}

function implementationsOf(types: Iterable<TypeDefinition>): Map<string, ReadonlySet<string>> {
  const implementations = new Map<string, Set<string>>();
  for (const { name, interfaces = [] } of types) {
    for (const { name: implemented } of interfaces) {
      const names = implementations.get(implemented.value) ?? new Set<string>();
      implementations.set(implemented.value, names.add(name.value));
    }
  }
  return implementations;
}

function interfaceObjectsOf(types: Iterable<TypeDefinition>, subgraphs: ReadonlyMap<string, string>): Set<string> {
  const keys = new Set<string>();
  for (const { name, directives = [] } of types) {
    for (const directive of directives) {
      const subgraph = subgraphs.get(graphOf(directive) ?? '');
      if (subgraph === undefined || booleanArgument(directive, 'isInterfaceObject') !== true) continue;
      keys.add(interfaceObjectKey(subgraph, name.value));
    }
  }
  return keys;
}
