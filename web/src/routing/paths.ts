/** Returns the part of a URL that only people read. */
function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '');
}

const named = (base: string, id: string, name: string): string => {
  const readable = slug(name);
  return `${base}/${encodeURIComponent(id)}${readable && `/${encodeURIComponent(readable)}`}`;
};

export function moviePath({ id, title }: { readonly id: string; readonly title: string }): string {
  return named('/movies', id, title);
}

export function personPath({ id, name }: { readonly id: string; readonly name: string }): string {
  return named('/people', id, name);
}

/** Returns a path with the parameters that have a value. */
export function withParameters(path: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => !!entry[1]);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}
