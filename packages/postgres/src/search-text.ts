/** Returns the SQL condition that a column has visible characters. The collation has the same character classes everywhere. */
export function showsSomething(column: string): string {
  return `${column} ~ '[^[:space:][:cntrl:]\\u00ad\\u034f\\u061c\\u115f\\u1160\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0]' collate "pg_c_utf8"`;
}
