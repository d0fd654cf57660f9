/** Longest summary, in characters, of https://opentelemetry.io/docs/specs/semconv/database/database-spans/#generating-a-summary-of-the-query */
const MAX_LENGTH = 255;

/** Longest text that is read, in characters, and the most texts whose summaries are kept. */
const MAX_TEXT = 20_000;
const MAX_KEPT = 1_000;

/** Comments, quoted literals, dollar-quoted bodies and parameters, which hold no tables; then names, and characters that matter. */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|\$(\w*)\$[\s\S]*?\$\1\$|\$\d+|("(?:[^"]|"")+"|[a-z_]\w*)(?:\.("(?:[^"]|"")+"|[a-z_]\w*))*|[(),]/gi;

/** Words after which no more tables follow in a `from`, up to the next `join`. */
const ENDS_TABLES = new Set([
  'where',
  'group',
  'order',
  'having',
  'limit',
  'set',
  'returning',
  'union',
  'values',
  'window',
]);

/** Words between `from` and its table. */
const BEFORE_TABLE = new Set(['only', 'lateral']);

/** The part of a statement within one pair of parentheses. */
interface Scope {
  /** True once the part is a statement: in `extract(year from day)` there is none. */
  isStatement: boolean;
  expectsTable: boolean;
  listsTables: boolean;
}

const kept = new Map<string, string>();

/**
 * Returns a statement's operations with their tables, in their order: `SELECT movies credits`, `DELETE credits INSERT outbox`. Names of
 * common table expressions are left out. A statement without tables is its first word, such as `COMMIT`.
 */
export function summaryOf(text: string): string {
  const cached = kept.get(text);
  if (cached !== undefined) return cached;
  const summary = summarize(text.slice(0, MAX_TEXT));
  if (kept.size < MAX_KEPT) kept.set(text, summary);
  return summary;
}

function summarize(text: string): string {
  const tokens = [...text.matchAll(TOKEN)].map(([token]) => token).filter((token) => /^[\w"(),]/.test(token));
  const expressions = namesOfExpressions(tokens);
  const clauses: { readonly operation: string; readonly tables: Set<string> }[] = [];
  const outer: Scope[] = [];
  let scope = newScope();
  const begin = (operation: string) => {
    clauses.push({ operation, tables: new Set() });
    scope.isStatement = true;
    scope.listsTables = false;
  };
  for (const [index, token] of tokens.entries()) {
    const word = token.toLowerCase();
    const next = tokens[index + 1]?.toLowerCase();
    if (token === '(') {
      outer.push(scope);
      // A subquery or a function, and no table.
      scope.expectsTable = false;
      scope = newScope();
    } else if (token === ')') scope = outer.pop() ?? newScope();
    else if (token === ',') scope.expectsTable = scope.listsTables;
    else if (word === 'select') begin('SELECT');
    else if ((word === 'insert' || word === 'merge') && next === 'into') begin(word.toUpperCase());
    else if (word === 'delete' && next === 'from') begin('DELETE');
    else if (word === 'update' && !scope.isStatement) {
      begin('UPDATE');
      scope.expectsTable = true;
    } else if (word === 'from' || word === 'into' || word === 'join' || (word === 'using' && scope.listsTables)) {
      const isComparison = word === 'from' && tokens[index - 1]?.toLowerCase() === 'distinct';
      scope.expectsTable = scope.isStatement && !isComparison;
      if (word !== 'into') scope.listsTables ||= scope.expectsTable;
    } else if (ENDS_TABLES.has(word)) {
      scope.expectsTable = false;
      scope.listsTables = false;
    } else if (scope.expectsTable && !BEFORE_TABLE.has(word)) {
      scope.expectsTable = false;
      const table = token.replaceAll('"', '');
      // In an insert, columns follow the table in parentheses; in a from, they make it a function.
      const isFunction = next === '(' && tokens[index - 1]?.toLowerCase() !== 'into';
      if (!isFunction && !expressions.has(word)) clauses.at(-1)?.tables.add(table);
    }
  }
  const parts = clauses
    .filter((clause) => clause.tables.size > 0)
    .flatMap((clause) => [clause.operation, ...clause.tables]);
  if (parts.length === 0) return tokens[0]?.toUpperCase() ?? 'SQL';
  const summary = parts.join(' ');
  return summary.length <= MAX_LENGTH ? summary : summary.slice(0, summary.lastIndexOf(' ', MAX_LENGTH));
}

function newScope(): Scope {
  return { isStatement: false, expectsTable: false, listsTables: false };
}

/** Returns the names before `as (`, and `as materialized (`, in lower case. */
function namesOfExpressions(tokens: readonly string[]): Set<string> {
  const names = new Set<string>();
  if (!tokens.some((token) => token.toLowerCase() === 'with')) return names;
  for (const [index, token] of tokens.entries()) {
    if (token.toLowerCase() !== 'as') continue;
    const opens = ['not', 'materialized'].includes(tokens[index + 1]?.toLowerCase() ?? '') || tokens[index + 1] === '(';
    if (!opens) continue;
    // `name (column, …) as (` has the name before the parentheses.
    const before = tokens[index - 1] === ')' ? tokens.lastIndexOf('(', index) - 1 : index - 1;
    const name = tokens[before];
    if (name !== undefined) names.add(name.toLowerCase());
  }
  return names;
}
