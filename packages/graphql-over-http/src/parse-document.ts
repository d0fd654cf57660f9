import { type DocumentNode, type Location, type ParseOptions, parse, visit } from 'graphql';

/**
 * Parses a document that is to be kept. The lexer's tokens, two thirds of what a document takes, go: errors are located by what is left.
 *
 * @throws GraphQLError when the text is no document
 */
export function parseDocument(text: string, options?: ParseOptions): DocumentNode {
  const document = parse(text, options);
  visit(document, {
    enter(node) {
      if (node.loc === undefined) return;
      const { start, end, source } = node.loc;
      (node as { loc?: Pick<Location, 'start' | 'end' | 'source'> }).loc = { start, end, source };
    },
  });
  return document;
}
