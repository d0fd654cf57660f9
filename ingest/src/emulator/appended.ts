import { tooManyAppends } from './tmdb-failure.ts';

const MAX_APPENDS = 20;

/**
 * Returns the parts of a body that `append_to_response` names. TMDb ignores unknown names as well.
 *
 * @param parts the makers of the parts, by name
 */
export function appended<Part>(
  parts: Readonly<Record<string, Part>>,
  names: string | undefined,
  bodyOf: (part: Part) => object,
): Record<string, object> {
  const requested = (names ?? '').split(',').filter((name) => name !== '');
  if (requested.length > MAX_APPENDS) throw tooManyAppends();
  return Object.fromEntries(
    requested.flatMap((name) => (Object.hasOwn(parts, name) ? [[name, bodyOf(parts[name] as Part)]] : [])),
  );
}
