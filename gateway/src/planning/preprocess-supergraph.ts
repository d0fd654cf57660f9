import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type FieldNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type NameNode,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  type TypeNode,
} from 'graphql';
import { argumentsOf } from '../directives/link.ts';
import { type NormalizedSelectionSet, parseNormalizedOperation } from '../graphql/normalized-operation.ts';

/** A field with its arguments set, which the planner knows as a field of its own. */
export interface SpecializedField {
  /** The field that subgraphs know. */
  readonly field: string;
  readonly arguments: FieldNode['arguments'];
}

/** A supergraph made ready for the planner. */
export interface PreprocessedSupergraph {
  readonly document: DocumentNode;
  /** By the names that stand for them in the document. */
  readonly specialized: ReadonlyMap<string, SpecializedField>;
  /** The paths of the fields that a field requires, by {@link requirementKey}. */
  readonly requirements: ReadonlyMap<string, ReadonlySet<string>>;
  /** The paths of the fields of keys, by the type that has them. */
  readonly keys: ReadonlyMap<string, ReadonlySet<string>>;
  /** The names of fields that the planner may need for itself: of keys, of what fields require or take from above, and of types. */
  readonly reserved: ReadonlySet<string>;
  /** The types that implement an interface, interfaces included. */
  readonly implementations: ReadonlyMap<string, ReadonlySet<string>>;
  /** The interfaces that a subgraph knows as objects, by {@link interfaceObjectKey}. */
  readonly interfaceObjects: ReadonlySet<string>;
}

type TypeDefinition = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/** The paths of the fields of a selection, such as `size` and `size.width`; fragments are no part of them. */
function pathsOf({ selections }: NormalizedSelectionSet, above = ''): string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.INLINE_FRAGMENT) return pathsOf(selection.selectionSet, above);
    const path = `${above}${selection.name.value}`;
    return [path, ...(selection.selectionSet ? pathsOf(selection.selectionSet, `${path}.`) : [])];
  });
}

/** Names a field of a type as one subgraph has it. */
export function requirementKey(subgraph: string, type: string, field: string): string {
  return `${subgraph} ${type}.${field}`;
}

/**
 * Changes the text of a supergraph where the planner would plan amiss:
 * - `@requires(fields: "price(currency: \"EUR\")")`: the planner asks for `price` under the key that the client may want for
 *   other arguments, or another `@requires`. Each field of a `@requires` that takes arguments becomes a field of its own, without
 *   arguments; `mendPlan` turns it back in what subgraphs are sent.
 * - Of the keys of a type the planner takes the first to come back to a subgraph, also one that the subgraph does not resolve: those are
 *   put last.
 */
export function preprocessSupergraph(sdl: string): PreprocessedSupergraph {
  const document = parse(sdl, { noLocation: true });
  const types = new Map(
    document.definitions.flatMap((node) => (isTypeDefinition(node) ? [[node.name.value, node] as const] : [])),
  );
  const names = graphNames(document);
  const baker = new ArgumentSpecializer(types, names);
  const withRequirements = new Map([...types.values()].map((type) => [type, baker.specializeRequirements(type)]));
  return {
    document: {
      ...document,
      definitions: document.definitions.map((node) => {
        if (!isTypeDefinition(node)) return node;
        const fields = [
          ...baker.withoutUnused(node, withRequirements.get(node) ?? []),
          ...baker.specializedFieldsOf(node),
        ];
        return { ...node, fields, directives: resolvableFirst(node.directives ?? []) };
      }),
    },
    specialized: baker.specialized,
    requirements: baker.requirements,
    keys: baker.keys,
    reserved: baker.reserved(),
    implementations: implementationsOf(types.values()),
    interfaceObjects: interfaceObjectsOf(types.values(), names),
  };
}

/** Names a type as one subgraph has it. */
export function interfaceObjectKey(subgraph: string, type: string): string {
  return `${subgraph} ${type}`;
}

function implementationsOf(types: Iterable<TypeDefinition>): Map<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { name, interfaces = [] } of types) {
    for (const one of interfaces) {
      found.set(one.name.value, (found.get(one.name.value) ?? new Set<string>()).add(name.value));
    }
  }
  return found;
}

function interfaceObjectsOf(types: Iterable<TypeDefinition>, names: ReadonlyMap<string, string>): Set<string> {
  const found = new Set<string>();
  for (const { name, directives = [] } of types) {
    for (const directive of directives) {
      const subgraph = names.get(graphOf(directive) ?? '');
      if (subgraph !== undefined && isSet(directive, 'isInterfaceObject'))
        found.add(interfaceObjectKey(subgraph, name.value));
    }
  }
  return found;
}

function isSet(directive: ConstDirectiveNode, argument: string): boolean {
  return (
    directive.arguments?.some(
      ({ name, value }) => name.value === argument && value.kind === Kind.BOOLEAN && value.value,
    ) === true
  );
}

function isTypeDefinition(node: DocumentNode['definitions'][number]): node is TypeDefinition {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION;
}

/** Names of subgraphs by the values of `join__Graph`. */
function graphNames(document: DocumentNode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const node of document.definitions) {
    if (node.kind !== Kind.ENUM_TYPE_DEFINITION || node.name.value !== 'join__Graph') continue;
    for (const { name, directives = [] } of node.values ?? []) {
      const graph = directives.find((directive) => directive.name.value === 'join__graph');
      names.set(name.value, textArgument(graph, 'name') ?? name.value);
    }
  }
  return names;
}

function resolvableFirst(directives: readonly ConstDirectiveNode[]): readonly ConstDirectiveNode[] {
  const isUnresolvable = (directive: ConstDirectiveNode) =>
    directive.name.value === 'join__type' &&
    directive.arguments?.some(
      ({ name, value }) => name.value === 'resolvable' && value.kind === Kind.BOOLEAN && !value.value,
    ) === true;
  return [...directives.filter((one) => !isUnresolvable(one)), ...directives.filter(isUnresolvable)];
}

class ArgumentSpecializer {
  readonly specialized = new Map<string, SpecializedField>();
  readonly requirements = new Map<string, ReadonlySet<string>>();
  readonly keys = new Map<string, Set<string>>();
  readonly #types: ReadonlyMap<string, TypeDefinition>;
  readonly #graphNames: ReadonlyMap<string, string>;
  readonly #names = new Map<string, string>();
  /** Baked fields by the type that has them. */
  readonly #added = new Map<string, Set<string>>();
  /** The values of `join__Graph` whose fields require a baked field, or that have a field baked, by its name. */
  readonly #users = new Map<string, Set<string>>();
  /** Words of what arguments take from objects above (`@fromContext`). */
  readonly #contextual = new Set<string>();
  /** Mentions of fields elsewhere by value of `join__Graph`, as text. */
  readonly #mentions = new Map<string, string>();

  constructor(types: ReadonlyMap<string, TypeDefinition>, names: ReadonlyMap<string, string>) {
    this.#types = types;
    this.#graphNames = names;
  }

  /** The fields of a type, with what they require spoken of as baked fields. */
  specializeRequirements(type: TypeDefinition): readonly FieldDefinitionNode[] {
    for (const directive of type.directives ?? []) {
      this.#mention(directive, 'key');
      const key = textArgument(directive, 'key');
      if (key === undefined) continue;
      const known = this.keys.get(type.name.value) ?? new Set();
      for (const path of pathsOf(selectionSetOf(key))) known.add(path);
      this.keys.set(type.name.value, known);
    }
    return (type.fields ?? []).map((field) => ({
      ...field,
      directives: (field.directives ?? []).map((directive) =>
        this.#specializeDirective(type.name.value, field.name.value, directive),
      ),
    }));
  }

  /** Once everything that is required has been gone through. */
  reserved(): Set<string> {
    const paths = [...this.keys.values(), ...this.requirements.values()].flatMap((some) => [...some]);
    return new Set(['__typename', ...paths.flatMap((path) => path.split('.')), ...this.#contextual]);
  }

  /** Returns the specialized fields of this type, once all requirements have been visited. */
  specializedFieldsOf(type: TypeDefinition): readonly FieldDefinitionNode[] {
    return [...(this.#added.get(type.name.value) ?? [])].flatMap((name) => {
      const original = this.#fieldOf(type.name.value, this.specialized.get(name)?.field ?? '');
      if (original === undefined) return [];
      const users = this.#users.get(name);
      const directives = original.directives?.filter(
        (directive) => !isExternal(directive) || users?.has(graphOf(directive) ?? '') === true,
      );
      return [{ ...original, name: nameNode(name), arguments: [], ...(directives && { directives }) }];
    });
  }

  /**
   * A field that a subgraph declares only to require it with arguments is no longer required under its own name; that it may still need to
   * be what an interface says of it.
   */
  withoutUnused(
    { interfaces = [] }: TypeDefinition,
    fields: readonly FieldDefinitionNode[],
  ): readonly FieldDefinitionNode[] {
    return fields.map((field) => {
      if (interfaces.some(({ name }) => this.#fieldOf(name.value, field.name.value) !== undefined)) return field;
      const isUnused = (directive: ConstDirectiveNode) => {
        const graph = graphOf(directive) ?? '';
        return (
          isExternal(directive) &&
          this.#users.get(field.name.value)?.has(graph) === true &&
          !new RegExp(`\\b${field.name.value}\\b`).test(this.#mentions.get(graph) ?? '')
        );
      };
      return { ...field, directives: field.directives?.filter((directive) => !isUnused(directive)) ?? [] };
    });
  }

  #specializeDirective(type: string, field: string, directive: ConstDirectiveNode): ConstDirectiveNode {
    const requires = textArgument(directive, 'requires');
    this.#mention(directive, 'provides');
    for (const word of contextWords(directive)) this.#contextual.add(word);
    if (directive.name.value !== 'join__field' || requires === undefined) return directive;
    const used = new Set<string>();
    const selectionSet = this.#specializeSelections(type, selectionSetOf(requires), used);
    const graph = graphOf(directive) ?? '';
    const subgraph = this.#graphNames.get(graph);
    if (subgraph !== undefined) {
      this.requirements.set(requirementKey(subgraph, type, field), new Set(pathsOf(selectionSet)));
    }
    if (used.size === 0) {
      this.#mention(directive, 'requires');
      return directive;
    }
    for (const name of used) {
      for (const named of [name, this.specialized.get(name)?.field ?? '']) {
        this.#users.set(named, (this.#users.get(named) ?? new Set()).add(graph));
      }
    }
    const text = selectionSet.selections.map(print).join(' ');
    this.#mentions.set(graph, `${this.#mentions.get(graph) ?? ''} ${text}`);
    return {
      ...directive,
      arguments: (directive.arguments ?? []).map((argument) =>
        argument.name.value === 'requires' ? { ...argument, value: { kind: Kind.STRING, value: text } } : argument,
      ),
    };
  }

  #mention(directive: ConstDirectiveNode, argument: string): void {
    const [graph, text] = [graphOf(directive), textArgument(directive, argument)];
    if (graph !== undefined && text !== undefined)
      this.#mentions.set(graph, `${this.#mentions.get(graph) ?? ''} ${text}`);
  }

  #specializeSelections(
    type: string,
    { selections }: NormalizedSelectionSet,
    used: Set<string>,
  ): NormalizedSelectionSet {
    return {
      kind: Kind.SELECTION_SET,
      selections: selections.map((selection) => {
        if (selection.kind === Kind.INLINE_FRAGMENT) {
          const on = selection.typeCondition?.name.value ?? type;
          return { ...selection, selectionSet: this.#specializeSelections(on, selection.selectionSet, used) };
        }
        const below = namedType(this.#fieldOf(type, selection.name.value)?.type);
        const selectionSet =
          selection.selectionSet && below !== undefined
            ? this.#specializeSelections(below, selection.selectionSet, used)
            : selection.selectionSet;
        const name = this.#specialize(type, selection);
        if (name !== undefined) used.add(name);
        return {
          ...selection,
          ...(name !== undefined && { name: nameNode(name), arguments: [] }),
          ...(selectionSet && { selectionSet }),
        };
      }),
    };
  }

  /** The name of a field with these arguments, which its type and those that implement it have from now on. */
  #specialize(type: string, { name, arguments: given = [] }: FieldNode): string | undefined {
    if (!this.#fieldOf(type, name.value)?.arguments?.length) return undefined;
    const call = `${name.value}(${given.map(print).toSorted().join(', ')})`;
    let baked = this.#names.get(call);
    if (baked === undefined) {
      baked = `_${this.#names.size}_${name.value}`;
      this.#names.set(call, baked);
      this.specialized.set(baked, { field: name.value, arguments: given });
    }
    const implementing = [...this.#types.values()].filter(({ interfaces = [] }) =>
      interfaces.some((one) => one.name.value === type),
    );
    for (const owner of [type, ...implementing.map((one) => one.name.value)]) {
      const added = this.#added.get(owner) ?? new Set();
      this.#added.set(owner, added.add(baked));
    }
    return baked;
  }

  #fieldOf(type: string, field: string): FieldDefinitionNode | undefined {
    return this.#types.get(type)?.fields?.find(({ name }) => name.value === field);
  }
}

/** The value of `join__Graph` that a directive speaks of. */
function graphOf(directive: ConstDirectiveNode): string | undefined {
  const value = directive.arguments?.find(({ name }) => name.value === 'graph')?.value;
  return value?.kind === Kind.ENUM ? value.value : undefined;
}

function contextWords(directive: ConstDirectiveNode): string[] {
  const { contextArguments } = argumentsOf(directive);
  const selections = Array.isArray(contextArguments) ? contextArguments.map(({ selection }) => String(selection)) : [];
  return selections.flatMap((selection) => selection.match(/\w+/g) ?? []);
}

function isExternal(directive: ConstDirectiveNode): boolean {
  return directive.name.value === 'join__field' && isSet(directive, 'external');
}

function textArgument(directive: ConstDirectiveNode | undefined, name: string): string | undefined {
  const value = directive?.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}

/** Parses a FieldSet, which has no fragment spreads. */
function selectionSetOf(fields: string): NormalizedSelectionSet {
  return parseNormalizedOperation(`{ ${fields} }`).selectionSet;
}

function namedType(type: TypeNode | undefined): string | undefined {
  if (type === undefined) return undefined;
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

const nameNode = (value: string): NameNode => ({ kind: Kind.NAME, value });
