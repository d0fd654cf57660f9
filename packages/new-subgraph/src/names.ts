/** The forms of a subgraph's name that templates contain. */
export interface Names {
  /** `awards`: of the subgraph, and of the field of `Movie`. */
  readonly name: string;
  /** `award`: of files and functions. */
  readonly item: string;
  /** `Award`: of the GraphQL type. */
  readonly type: string;
}

/** Names that are valid for a Service, a schema of Postgres, a GraphQL field and a part of an environment variable. */
export const NAME = /^[a-z][a-z0-9]{1,29}$/;

/** Returns the forms of a name; the singular of a plural in `s`, and otherwise the name itself. */
export function namesOf(name: string): Names {
  const item = /[^s]s$/.test(name) ? name.slice(0, -1) : name;
  return { name, item, type: capitalized(item) };
}

/** Fills a template, or the path of one, in. */
export function filled(template: string, { name, item, type }: Names, port: number): string {
  const values = {
    __name__: name,
    __Name__: capitalized(name),
    __NAME__: name.toUpperCase(),
    __item__: item,
    __Item__: type,
    __port__: String(port),
  };
  return Object.entries(values).reduce((text, [token, value]) => text.replaceAll(token, value), template);
}

function capitalized(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
