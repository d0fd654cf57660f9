import { type DirectiveNode, type DocumentNode, Kind, type SelectionSetNode, visit } from 'graphql';
import type { Random } from '../fuzz/random.ts';

type JsonObject = Record<string, unknown>;

/** One deferred result. */
export interface Part {
  readonly path: readonly (string | number)[];
  readonly data: unknown;
}

/** Defers fragments of the operation at random, and new ones around a few selections. */
export function deferring(document: DocumentNode, dice: Random): DocumentNode {
  const defer = (): DirectiveNode[] => (dice.chance(0.4) ? [DEFER] : []);
  const wrapped = ({ selections, ...set }: SelectionSetNode): SelectionSetNode => {
    if (!dice.chance(0.35)) return { ...set, selections };
    const from = dice.below(selections.length);
    const to = from + 1 + dice.below(selections.length - from);
    const fragment = {
      kind: Kind.INLINE_FRAGMENT,
      directives: [DEFER],
      selectionSet: { kind: Kind.SELECTION_SET, selections: selections.slice(from, to) },
    } as const;
    return { ...set, selections: [...selections.slice(0, from), fragment, ...selections.slice(to)] };
  };
  return visit(document, {
    SelectionSet: {
      leave(node, _key, parent) {
        // Fields of the root type Mutation cannot be deferred.
        if (isMutation(parent)) return undefined;
        return wrapped(node);
      },
    },
    InlineFragment: {
      leave: (node, _key, _parent, _path, ancestors) =>
        isBelowMutation(ancestors) ? undefined : { ...node, directives: [...(node.directives ?? []), ...defer()] },
    },
    FragmentSpread: {
      leave: (node, _key, _parent, _path, ancestors) =>
        isBelowMutation(ancestors) ? undefined : { ...node, directives: [...(node.directives ?? []), ...defer()] },
    },
  });
}

export function withoutDefer(document: DocumentNode): DocumentNode {
  return visit(document, { Directive: ({ name }) => (name.value === 'defer' ? null : undefined) });
}

const DEFER: DirectiveNode = { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'defer' } };

function isMutation(node: unknown): boolean {
  return (node as { kind?: string; operation?: string } | undefined)?.operation === 'mutation';
}

/** Returns true for a selection of the root type Mutation, inside any number of fragments. */
function isBelowMutation(ancestors: readonly unknown[]): boolean {
  for (const ancestor of ancestors.toReversed()) {
    const { kind } = ancestor as { kind?: string };
    if (kind === Kind.FIELD || kind === Kind.FRAGMENT_DEFINITION) return false;
    if (isMutation(ancestor)) return true;
  }
  return false;
}

/** Returns the data that a client assembles from all results: new fields are added, objects are merged. */
export function merged(first: unknown, parts: readonly Part[]): unknown {
  const whole = { data: structuredClone(first) };
  for (const { path, data } of parts) {
    const place = ['data', ...path];
    const key = place.pop() as string;
    const above = place.reduce<JsonObject>((value, step) => value[step] as JsonObject, whole);
    above[key] = joined(above[key], data);
  }
  return whole.data;
}

function joined(before: unknown, added: unknown): unknown {
  if (Array.isArray(before) && Array.isArray(added)) return added.map((item, index) => joined(before[index], item));
  if (typeof before !== 'object' || before === null || typeof added !== 'object' || added === null) return added;
  const result: JsonObject = { ...before };
  for (const [key, value] of Object.entries(added)) result[key] = key in result ? joined(result[key], value) : value;
  return result;
}
