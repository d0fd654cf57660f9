import { type ASTNode, getLocation, Kind, parse, visit } from 'graphql';

/** Definitions that need a description; extensions share that of their type. */
const DESCRIBED: ReadonlySet<string> = new Set([
  Kind.SCALAR_TYPE_DEFINITION,
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.UNION_TYPE_DEFINITION,
  Kind.ENUM_TYPE_DEFINITION,
  Kind.INPUT_OBJECT_TYPE_DEFINITION,
  Kind.FIELD_DEFINITION,
  Kind.INPUT_VALUE_DEFINITION,
  Kind.ENUM_VALUE_DEFINITION,
]);

/**
 * Returns the types, fields, arguments and enum values of a subgraph's schema that have no description.
 *
 * @param file the schema's name in messages
 * @returns a line for each, such as `schema.graphql:12:3: Movie.title has no description`
 */
export function missingDescriptions(file: string, sdl: string): string[] {
  const missing: string[] = [];
  const path: string[] = [];
  visit(parse(sdl), {
    enter(node) {
      // The specification of a directive describes its arguments.
      if (node.kind === Kind.DIRECTIVE_DEFINITION) return false;
      const name = nameOf(node);
      if (name === undefined) return undefined;
      path.push(name);
      if (!DESCRIBED.has(node.kind) || described(node)) return undefined;
      const at = node.loc && getLocation(node.loc.source, node.loc.start);
      missing.push(`${file}:${at?.line}:${at?.column}: ${path.join('.')} has no description`);
      return undefined;
    },
    leave(node) {
      if (nameOf(node) !== undefined && node.kind !== Kind.DIRECTIVE_DEFINITION) path.pop();
    },
  });
  return missing;
}

function nameOf(node: ASTNode): string | undefined {
  return /Definition$|Extension$/.test(node.kind) && 'name' in node ? node.name?.value : undefined;
}

function described(node: ASTNode): boolean {
  return 'description' in node && (node.description?.value.trim() ?? '') !== '';
}
