import { type ConstDirectiveNode, type DocumentNode, Kind, valueFromASTUntyped } from 'graphql';

/** Base address of the features that composition links (https://specs.apollo.dev/link/v1.0/). */
const SPECIFICATIONS = 'https://specs.apollo.dev/';

interface Link {
  /** Prefix of names that are not imported. */
  readonly prefix: string;
  /** Imported names, with their `@`, by the names of the feature. */
  readonly imports: ReadonlyMap<string, string>;
}

/** A function that returns a supergraph's name for a directive of a feature, without the `@`; undefined when the feature is not linked. */
export type LinkedDirective = (feature: string, directive: string) => string | undefined;

/**
 * Reads the features that a supergraph links. Composition may rename features and directives, so that a directive's name
 * alone does not show its feature.
 */
export function linkedDirectives(supergraph: DocumentNode): LinkedDirective {
  const links = new Map<string, Link>();
  for (const node of supergraph.definitions) {
    if (node.kind !== Kind.SCHEMA_DEFINITION && node.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const directive of node.directives ?? []) {
      const { url, as, import: imports } = argumentsOf(directive);
      if (typeof url !== 'string' || !url.startsWith(SPECIFICATIONS)) continue;
      const [feature = ''] = url.slice(SPECIFICATIONS.length).split('/');
      links.set(feature, { prefix: typeof as === 'string' ? as : feature, imports: importsOf(imports) });
    }
  }
  return (feature, directive) => {
    const link = links.get(feature);
    if (link === undefined) return undefined;
    const imported = link.imports.get(`@${directive}`);
    if (imported !== undefined) return imported.slice(1);
    return directive === feature ? link.prefix : `${link.prefix}__${directive}`;
  };
}

function importsOf(imports: unknown): Map<string, string> {
  const names = new Map<string, string>();
  for (const entry of Array.isArray(imports) ? imports : []) {
    if (typeof entry === 'string') names.set(entry, entry);
    else names.set(String(entry.name), String(entry.as ?? entry.name));
  }
  return names;
}

/** Returns the arguments of a directive in a schema, by name. */
export function argumentsOf({ arguments: given = [] }: ConstDirectiveNode): Record<string, unknown> {
  return Object.fromEntries(given.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));
}
