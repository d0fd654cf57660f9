/** A rule that sets a header of requests to subgraphs; header names are in lower case. */
export type HeaderRule =
  | { readonly kind: 'propagate'; readonly name: string; readonly as: string; readonly fallback: string | undefined }
  | { readonly kind: 'matching'; readonly pattern: RegExp }
  | { readonly kind: 'insert'; readonly name: string; readonly value: string };

/**
 * The header rules of all subgraphs and of single ones. A later rule overrides an earlier one, and a subgraph's rule
 * overrides one of all.
 */
export interface HeaderRules {
  readonly all: readonly HeaderRule[];
  readonly subgraphs: ReadonlyMap<string, readonly HeaderRule[]>;
}

/** Header fields of a request as Node parses them, names in lower case. */
export type ReceivedHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The headers that one client request forwards. */
export interface ForwardedHeaders {
  /** Equal for client requests that forward the same headers to every subgraph. */
  readonly key: string;
  /** Returns the headers for one subgraph, with a key that is equal for equal headers. */
  to(subgraph: string): { readonly headers: Readonly<Record<string, string>>; readonly key: string };
}

export type ForwardHeaders = (received: ReceivedHeaders) => ForwardedHeaders;

/**
 * Creates a function that selects the headers to forward.
 *
 * @param isForwardable true for headers that a pattern may forward
 */
export function createHeaderForwarding(rules: HeaderRules, isForwardable: (name: string) => boolean): ForwardHeaders {
  const rulesOf = (subgraph: string) => [...rules.all, ...(rules.subgraphs.get(subgraph) ?? [])];
  const bySubgraph = new Map([...rules.subgraphs.keys()].map((subgraph) => [subgraph, rulesOf(subgraph)]));
  const reading = [...rules.all, ...[...rules.subgraphs.values()].flat()].filter(({ kind }) => kind !== 'insert');

  return (received) => {
    const made = new Map<string, ReturnType<ForwardedHeaders['to']>>();
    return {
      key: JSON.stringify(reading.map((rule) => entriesOf(rule, received, isForwardable))),
      to(subgraph) {
        const place = bySubgraph.has(subgraph) ? subgraph : '';
        const known = made.get(place);
        if (known !== undefined) return known;
        const applied = bySubgraph.get(subgraph) ?? rules.all;
        const headers = Object.fromEntries(applied.flatMap((rule) => entriesOf(rule, received, isForwardable)));
        const forwarded = { headers, key: JSON.stringify(headers) };
        made.set(place, forwarded);
        return forwarded;
      },
    };
  };
}

function entriesOf(
  rule: HeaderRule,
  received: ReceivedHeaders,
  isForwardable: (name: string) => boolean,
): [string, string][] {
  switch (rule.kind) {
    case 'insert':
      return [[rule.name, rule.value]];
    case 'propagate': {
      const value = textOf(received[rule.name]) ?? rule.fallback;
      return value === undefined ? [] : [[rule.as, value]];
    }
    case 'matching':
      return Object.keys(received)
        .filter((name) => rule.pattern.test(name) && isForwardable(name))
        .toSorted()
        .flatMap((name) => {
          const value = textOf(received[name]);
          return value === undefined ? [] : [[name, value] satisfies [string, string]];
        });
  }
}

/** Joins fields of one name to a list (RFC 9110, section 5.2). */
function textOf(value: string | readonly string[] | undefined): string | undefined {
  return value === undefined || typeof value === 'string' ? value : value.join(', ');
}
