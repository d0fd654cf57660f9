import { getLocation, parse, visit } from 'graphql';
import ts from 'typescript';

/** A docstring or a schema description that begins with a word that rule 3 of CONTRIBUTING.md excludes. */
export interface Opening {
  readonly line: number;
  readonly word: string;
}

const EXCLUDED = /^(What|Where|Who|Whether|Of|Those)\b/;

/** Returns the excluded openings of the docstrings in a TypeScript file, whether or not what they document is exported. */
export function docstringOpenings(file: string, source: string): Opening[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  // A variable and its declaration return the same docstring.
  const openings = new Map<number, Opening>();
  const walk = (node: ts.Node): void => {
    for (const docstring of ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc)) {
      const [, word] = EXCLUDED.exec(ts.getTextOfJSDocComment(docstring.comment) ?? '') ?? [];
      const line = tree.getLineAndCharacterOfPosition(docstring.pos).line + 1;
      if (word !== undefined) openings.set(docstring.pos, { line, word });
    }
    ts.forEachChild(node, walk);
  };
  walk(tree);
  return [...openings.values()];
}

/** Returns the excluded openings of the descriptions in a GraphQL schema. */
export function descriptionOpenings(sdl: string): Opening[] {
  const openings: Opening[] = [];
  visit(parse(sdl), {
    enter(node) {
      if (!('description' in node) || node.description?.loc === undefined) return;
      const [, word] = EXCLUDED.exec(node.description.value) ?? [];
      const { source, start } = node.description.loc;
      if (word !== undefined) openings.push({ line: getLocation(source, start).line, word });
    },
  });
  return openings;
}
