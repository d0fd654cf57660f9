import { readFileSync } from 'node:fs';

/** A row of docs/tmdb-fields.md: a field of TMDb, and its field in the graph. */
export interface FieldRow {
  /** As the table has it, such as `genres[].name`, from the details with everything appended. */
  readonly tmdb: string;
  /** As the table has it, such as `Movie.genres[].name`. */
  readonly graphql: string;
  /** Rule that converts the value; null: the value is the same. */
  readonly rule: string | null;
}

const text = readFileSync(new URL('../../docs/tmdb-fields.md', import.meta.url), 'utf8');

const rows: readonly FieldRow[] = [
  ...text.matchAll(/^\| `(?<tmdb>[^`]+)` +\| `(?<graphql>[^`]+)` +\| (?:`(?<rule>\w+)`)? *\|$/gm),
].map(({ groups = {} }) => ({
  tmdb: groups.tmdb as string,
  graphql: groups.graphql as string,
  rule: groups.rule ?? null,
}));

/** The fields of a movie. */
export const fieldRows = rows.filter(({ graphql }) => graphql.startsWith('Movie.'));

/** The fields of a person. */
export const personRows = rows.filter(({ graphql }) => graphql.startsWith('Person.'));

/** Number of rows in the text's two tables, without their heads. */
export const writtenRows = text.split('\n').filter((line) => line.startsWith('|')).length - 4;

/** Returns the names of the rules that the text explains. */
export const explainedRules: readonly string[] = [...text.matchAll(/^- `(\w+)`: /gm)].map(([, name]) => name as string);
