/**
 * Fault: the planner fetches a field that a `@requires` selects with arguments under the field's own name. When the
 * client selects the field with other arguments, or another `@requires` does, the subgraph gets the wrong value.
 *
 * Input: `{ ticket { price(in: "USD") tax } }` on the subgraphs
 *
 *     # stock
 *     type Query { ticket: Ticket }
 *     type Ticket @key(fields: "id") { id: ID! price(in: String!): Int }
 *     # state
 *     type Ticket @key(fields: "id") {
 *       id: ID! price(in: String!): Int @external tax: Int @requires(fields: "price(in: \"EUR\")") }
 *
 * Apollo Gateway sends the price in USD to state.
 *
 * Upstream: https://github.com/apollographql/federation/issues/2276
 */
import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner';
import {
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  type FieldNode,
  Kind,
  type NameNode,
  print,
  type TypeNode,
  visit,
} from 'graphql';
import type { NormalizedOperation, NormalizedSelectionSet } from '../../graphql/normalized-operation.ts';
import { booleanArgument, graphOf, parseFieldSet, stringArgument, type TypeDefinition } from '../join-directives.ts';

/** A field with its arguments set, which the planner gets as a field of its own without arguments. */
export interface SpecializedField {
  /** The field in the subgraphs. */
  readonly field: string;
  readonly arguments: FieldNode['arguments'];
}

/** Specialized fields by their names. */
export type SpecializedFields = ReadonlyMap<string, SpecializedField>;

/** Replaces fields with arguments in each `@requires` of a supergraph by specialized fields, which it adds to their types. */
export class ArgumentSpecializer {
  readonly specialized = new Map<string, SpecializedField>();
  readonly #types: ReadonlyMap<string, TypeDefinition>;
  readonly #names = new Map<string, string>();
  /** Specialized fields by the type that has them. */
  readonly #added = new Map<string, Set<string>>();
  /** The values of `join__Graph` that require a field with arguments, by the field's own and its specialized name. */
  readonly #users = new Map<string, Set<string>>();
  /** The FieldSets of each value of `join__Graph`, as text. */
  readonly #fieldSets = new Map<string, string>();

  constructor(types: ReadonlyMap<string, TypeDefinition>) {
    this.#types = types;
  }

  /** Returns the fields of a type with the specialized fields in their `@requires`. */
  specializeRequirements(type: TypeDefinition): readonly FieldDefinitionNode[] {
    for (const directive of type.directives ?? []) this.#addFieldSet(directive, 'key');
    return (type.fields ?? []).map((field) => ({
      ...field,
      directives: (field.directives ?? []).map((directive) => this.#specializeDirective(type.name.value, directive)),
    }));
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
   * Removes `@external` from fields that a subgraph declares only to require them with arguments: their own name is no
   * longer required. A field of an interface keeps it.
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
          !new RegExp(`\\b${field.name.value}\\b`).test(this.#fieldSets.get(graph) ?? '')
        );
      };
      return { ...field, directives: field.directives?.filter((directive) => !isUnused(directive)) ?? [] };
    });
  }

  #specializeDirective(type: string, directive: ConstDirectiveNode): ConstDirectiveNode {
    const requires = stringArgument(directive, 'requires');
    this.#addFieldSet(directive, 'provides');
    if (directive.name.value !== 'join__field' || requires === undefined) return directive;
    const used = new Set<string>();
    const { selections } = this.#specializeSelections(type, parseFieldSet(requires), used);
    if (used.size === 0) {
      this.#addFieldSet(directive, 'requires');
      return directive;
    }
    const graph = graphOf(directive) ?? '';
    for (const name of used) {
      for (const user of [name, this.specialized.get(name)?.field ?? '']) {
        this.#users.set(user, (this.#users.get(user) ?? new Set()).add(graph));
      }
    }
    const text = selections.map(print).join(' ');
    this.#fieldSets.set(graph, `${this.#fieldSets.get(graph) ?? ''} ${text}`);
    return {
      ...directive,
      arguments: (directive.arguments ?? []).map((argument) =>
        argument.name.value === 'requires' ? { ...argument, value: { kind: Kind.STRING, value: text } } : argument,
      ),
    };
  }

  #addFieldSet(directive: ConstDirectiveNode, argument: string): void {
    const [graph, text] = [graphOf(directive), stringArgument(directive, argument)];
    if (graph === undefined || text === undefined) return;
    this.#fieldSets.set(graph, `${this.#fieldSets.get(graph) ?? ''} ${text}`);
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

  /** Returns the name of a field with these arguments, and adds the field to the type and to those that implement it. */
  #specialize(type: string, { name, arguments: given = [] }: FieldNode): string | undefined {
    if (!this.#fieldOf(type, name.value)?.arguments?.length) return undefined;
    const call = `${name.value}(${given.map(print).toSorted().join(', ')})`;
    let specialized = this.#names.get(call);
    if (specialized === undefined) {
      specialized = `_${this.#names.size}_${name.value}`;
      this.#names.set(call, specialized);
      this.specialized.set(specialized, { field: name.value, arguments: given });
    }
    const implementing = [...this.#types.values()].filter(({ interfaces = [] }) =>
      interfaces.some((implemented) => implemented.name.value === type),
    );
    for (const owner of [type, ...implementing.map((implementation) => implementation.name.value)]) {
      const added = this.#added.get(owner) ?? new Set();
      this.#added.set(owner, added.add(specialized));
    }
    return specialized;
  }

  #fieldOf(type: string, field: string): FieldDefinitionNode | undefined {
    return this.#types.get(type)?.fields?.find(({ name }) => name.value === field);
  }
}

/** Replaces specialized fields in a fetch by the fields of the subgraph, with the specialized name as response key. */
export function restoreArguments(specialized: SpecializedFields, operation: NormalizedOperation): NormalizedOperation {
  return visit(operation, {
    Field(node): FieldNode | undefined {
      const field = specialized.get(node.name.value);
      if (field === undefined) return undefined;
      return {
        ...node,
        alias: node.alias ?? node.name,
        name: { kind: Kind.NAME, value: field.field },
        arguments: field.arguments ?? [],
      };
    },
  });
}

/**
 * Returns the rewrites that give specialized fields in representations the names that the subgraph knows. Nested fields
 * come first: the path to them has the specialized names.
 */
export function argumentRewrites(
  specialized: SpecializedFields,
  selections: readonly QueryPlanSelectionNode[],
  parent: readonly string[] = [],
): FetchDataRewrite[] {
  return selections.flatMap((selection) => {
    if (selection.kind === 'InlineFragment') {
      const on = selection.typeCondition === undefined ? [] : [`... on ${selection.typeCondition}`];
      return argumentRewrites(specialized, selection.selections, [...parent, ...on]);
    }
    const path = [...parent, selection.alias ?? selection.name];
    const field = specialized.get(selection.name);
    const nested = argumentRewrites(specialized, selection.selections ?? [], path);
    return field === undefined ? nested : [...nested, { kind: 'KeyRenamer', path, renameKeyTo: field.field }];
  });
}

/** Returns true when two sets of required paths have one field with different arguments: a representation has one value for it. */
export function haveConflictingArguments(
  specialized: SpecializedFields,
  paths: ReadonlySet<string>,
  others: ReadonlySet<string>,
): boolean {
  const restored = (path: string) =>
    path
      .split('.')
      .map((name) => specialized.get(name)?.field ?? name)
      .join('.');
  return [...others].some((other) => [...paths].some((path) => path !== other && restored(path) === restored(other)));
}

function isExternal(directive: ConstDirectiveNode): boolean {
  return directive.name.value === 'join__field' && booleanArgument(directive, 'external') === true;
}

function namedType(type: TypeNode | undefined): string | undefined {
  if (type === undefined) return undefined;
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

const nameNode = (value: string): NameNode => ({ kind: Kind.NAME, value });
