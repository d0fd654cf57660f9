/** A response of a gateway. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Content that no error may reveal: source locations, SQL, addresses, names of components. */
const INTERNALS: readonly [string, RegExp][] = [
  ['a stack trace', /\bat .{1,200}:\d+:\d+|stacktrace|node_modules|node:internal|\.[cm]?[jt]s:\d/],
  [
    'SQL',
    /\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b.{1,2000}\b(FROM|VALUES|SET|WHERE)\b|relation "|column "|syntax error at or near|SQLSTATE/i,
  ],
  ['an address', /127\.0\.0\.1|localhost|\[?::1\]?:\d|postgres(ql)?:\/\/|https?:\/\/[^"\s]*:\d{4}/],
  [
    'a system error',
    /\bE(CONN\w+|ADDR\w+|NOENT|PIPE|TIMEDOUT)\b|TypeError|RangeError|ReferenceError|undefined \(reading|is not a function/,
  ],
  [
    'an unexpected failure',
    /INTERNAL_SERVER_ERROR|SUBGRAPH_BAD_RESPONSE|SUBGRAPH_TIMEOUT|SUBGRAPH_UNAVAILABLE|SUBGRAPH_OVERLOADED|SERVICE_UNAVAILABLE/,
  ],
];

interface Body {
  readonly data?: unknown;
  readonly errors?: readonly { message: string; extensions?: { code?: string; serviceName?: string } }[];
}

/**
 * Returns the violations of a response, whatever the request was.
 *
 * @param valid whether the request was valid against the schema; such a request may still exceed a limit or select missing objects
 */
export function faults({ status, text }: Answer, valid: boolean): string[] {
  if (status >= 500) return [`HTTP ${status}`];
  let body: Body;
  try {
    body = JSON.parse(text) as Body;
  } catch {
    return ['no JSON'];
  }
  const { data, errors = [] } = body;
  const found: string[] = [];
  if (data === undefined && errors.length === 0) found.push('neither data nor errors');
  for (const { message, extensions } of errors) {
    if (typeof message !== 'string') found.push('an error without a message');
    if (typeof extensions?.code !== 'string') found.push(`an error without a code: ${message}`);
    // A subgraph validates its scalars, such as dates; the gateway cannot.
    const own = extensions?.serviceName === undefined;
    if (
      valid &&
      own &&
      (extensions?.code === 'GRAPHQL_VALIDATION_FAILED' || extensions?.code === 'GRAPHQL_PARSE_FAILED')
    ) {
      found.push(`a valid operation is refused: ${message}`);
    }
  }
  const revealed = JSON.stringify({ ...body, data: undefined });
  for (const [what, pattern] of INTERNALS)
    if (pattern.test(revealed)) found.push(`${what}: ${pattern.exec(revealed)?.[0].slice(0, 200)}`);
  return found;
}
