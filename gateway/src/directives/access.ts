import { type ConstDirectiveNode, type DocumentNode, Kind, visit } from 'graphql';
import { argumentsOf, linkedDirectives } from './link.ts';

/** The caller of an operation; undefined without a token. */
export type Caller =
  | {
      readonly scopes: readonly string[];
      readonly policies: readonly string[];
    }
  | undefined;

/** A requirement of a type or field: a token, or all scopes of at least one of the lists. */
export type Requirement =
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'scopes' | 'policies'; readonly anyOf: readonly (readonly string[])[] };

/** Requirements of a supergraph by type (`User`) or field (`User.email`); equal requirements are the same object. */
export type AccessRules = ReadonlyMap<string, readonly Requirement[]>;

/**
 * Reads `@authenticated`, `@requiresScopes` and `@policy` from a supergraph. Composition collects the requirements of all
 * subgraphs; a caller must meet each of them.
 */
export function readAccessRules(supergraph: DocumentNode): AccessRules {
  const nameOf = linkedDirectives(supergraph);
  const names = {
    authenticated: nameOf('authenticated', 'authenticated'),
    scopes: nameOf('requiresScopes', 'requiresScopes'),
    policies: nameOf('policy', 'policy'),
  };
  const rules = new Map<string, readonly Requirement[]>();
  const byText = new Map<string, Requirement>();
  const shared = (requirement: Requirement): Requirement => {
    const text = JSON.stringify(requirement);
    const existing = byText.get(text) ?? requirement;
    byText.set(text, existing);
    return existing;
  };
  const read = (coordinate: string, directives: readonly ConstDirectiveNode[] = []) => {
    const requirements = directives.flatMap((directive): Requirement[] => {
      const name = directive.name.value;
      if (name === names.authenticated) return [shared({ kind: 'authenticated' })];
      const kind = name === names.scopes ? 'scopes' : name === names.policies ? 'policies' : undefined;
      return kind === undefined ? [] : [shared({ kind, anyOf: listsOf(argumentsOf(directive)[kind]) })];
    });
    if (requirements.length > 0) rules.set(coordinate, [...(rules.get(coordinate) ?? []), ...requirements]);
  };
  if (Object.values(names).every((name) => name === undefined)) return rules;
  let type = '';
  visit(supergraph, {
    enter(node) {
      if (!('name' in node) || node.name === undefined) return;
      if (node.kind === Kind.FIELD_DEFINITION) read(`${type}.${node.name.value}`, node.directives);
      else if (node.kind.endsWith('TypeDefinition') || node.kind.endsWith('TypeExtension')) {
        type = node.name.value;
        read(type, (node as { directives?: readonly ConstDirectiveNode[] }).directives);
      }
    },
  });
  return rules;
}

function listsOf(value: unknown): string[][] {
  return (Array.isArray(value) ? value : []).map((list) => (Array.isArray(list) ? list : [list]).map(String));
}

/** Returns true when a caller meets a requirement. An empty list of alternatives requires nothing, as in composition. */
export function meetsRequirement(requirement: Requirement, caller: Caller): boolean {
  if (requirement.kind === 'authenticated') return caller !== undefined;
  const granted = caller?.[requirement.kind] ?? [];
  return (
    requirement.anyOf.length === 0 || requirement.anyOf.some((list) => list.every((name) => granted.includes(name)))
  );
}
