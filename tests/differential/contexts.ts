import { type ConstArgumentNode, type DocumentNode, Kind, type SelectionSetNode } from 'graphql';
import { selectionSetOf } from './selection-text.ts';

/** An argument whose value comes from an ancestor of the field (`@fromContext`). */
export interface ContextArgument {
  readonly argument: string;
  readonly context: string;
  /** One field of the object with the context. */
  readonly selectionSet: SelectionSetNode;
}

/** `@context` and `@fromContext` of the subgraphs' schemas. */
export interface Contexts {
  /** Contexts that a type sets for its descendants. */
  readonly byType: ReadonlyMap<string, readonly string[]>;
  /** By field, such as `Item.price`. */
  readonly byField: ReadonlyMap<string, readonly ContextArgument[]>;
}

const textOf = (given: readonly ConstArgumentNode[] | undefined, name: string): string => {
  const value = given?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : '';
};

export function contextsOf(schemas: readonly DocumentNode[]): Contexts {
  const byType = new Map<string, string[]>();
  const byField = new Map<string, ContextArgument[]>();
  for (const type of schemas.flatMap(({ definitions }) => definitions)) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    const given = (type.directives ?? []).filter(({ name }) => name.value === 'context');
    if (given.length > 0) {
      byType.set(
        type.name.value,
        given.map((directive) => textOf(directive.arguments, 'name')),
      );
    }
    for (const field of type.fields ?? []) {
      for (const argument of field.arguments ?? []) {
        const taken = argument.directives?.find(({ name }) => name.value === 'fromContext');
        const [, context, fields] = /^\$(\w+) \{(.*)\}$/.exec(textOf(taken?.arguments, 'field')) ?? [];
        if (context === undefined || fields === undefined) continue;
        const key = `${type.name.value}.${field.name.value}`;
        const one = { argument: argument.name.value, context, selectionSet: selectionSetOf(fields) };
        byField.set(key, [...(byField.get(key) ?? []), one]);
      }
    }
  }
  return { byType, byField };
}
