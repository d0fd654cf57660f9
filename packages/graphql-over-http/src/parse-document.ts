import {
  type DocumentNode,
  GraphQLError,
  Lexer,
  type Location,
  type ParseOptions,
  parse,
  Source,
  TokenKind,
  visit,
} from 'graphql';

/**
 * The deepest nesting of brackets in a document, of selections, arguments, literals and types together. Parsing and validation recurse into
 * each.
 */
const MAX_NESTING = 200;

/**
 * Parses a document for a cache. Drops the tokens of the lexer, two thirds of its memory; errors are located by the remaining offsets.
 *
 * @throws GraphQLError for invalid text; with the code `NESTING_LIMIT_EXCEEDED` for nesting that is too deep
 */
export function parseDocument(text: string, options?: ParseOptions): DocumentNode {
  const source = new Source(text);
  checkNesting(source, options?.maxTokens);
  const document = parse(source, options);
  visit(document, {
    enter(node) {
      if (node.loc === undefined) return;
      const { start, end, source } = node.loc;
      (node as { loc?: Pick<Location, 'start' | 'end' | 'source'> }).loc = { start, end, source };
    },
  });
  return document;
}

const OPENING: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/** Checks the nesting up to the first syntax error, which the parser then reports. */
function checkNesting(source: Source, maxTokens = Number.POSITIVE_INFINITY): void {
  const lexer = new Lexer(source);
  let depth = 0;
  let tokens = 0;
  for (let { kind, start } = lexer.advance(); kind !== TokenKind.EOF; { kind, start } = lexer.advance()) {
    tokens += 1;
    if (tokens > maxTokens) return;
    if (OPENING.has(kind)) depth += 1;
    else if (CLOSING.has(kind)) depth -= 1;
    if (depth <= MAX_NESTING) continue;
    const message = `The document has more than ${MAX_NESTING} brackets within one another: nest selections and values less deeply.`;
    throw new GraphQLError(message, { source, positions: [start], extensions: { code: 'NESTING_LIMIT_EXCEEDED' } });
  }
}
