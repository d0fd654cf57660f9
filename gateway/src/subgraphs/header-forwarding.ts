/** Takes a value of the client's, or of this configuration, to a subgraph; names in lower case. */
export type HeaderRule =
  | { readonly kind: 'propagate'; readonly name: string; readonly as: string; readonly fallback: string | undefined }
  | { readonly kind: 'matching'; readonly pattern: RegExp }
  | { readonly kind: 'insert'; readonly name: string; readonly value: string };

/** Which headers go to which subgraphs. A later rule wins over an earlier one, one of a subgraph over one of all. */
export interface HeaderRules {
  readonly all: readonly HeaderRule[];
  readonly subgraphs: ReadonlyMap<string, readonly HeaderRule[]>;
}

/** Header fields of a request as Node has them, names in lower case. */
export type ReceivedHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What goes to subgraphs of one request's headers. */
export interface ForwardedHeaders {
  /** The same text for requests of which the same goes to every subgraph, and another for others. */
  readonly key: string;
  /** What goes to one subgraph, with a text for it as above. */
  to(subgraph: string): { readonly headers: Readonly<Record<string, string>>; readonly key: string };
}

export type ForwardHeaders = (received: ReceivedHeaders) => ForwardedHeaders;

/**
 * Makes what picks the headers that are forwarded.
 *
 * @param isForwardable whether a header that no rule names, but a pattern matches, may go on
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

/** Several fields of one name are one list (RFC 9110, section 5.2). */
function textOf(value: string | readonly string[] | undefined): string | undefined {
  return value === undefined || typeof value === 'string' ? value : value.join(', ');
}
