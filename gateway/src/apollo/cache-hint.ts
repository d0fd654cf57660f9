import type { CacheHint } from './apollo-types.ts';

/** Returns the hint of a `Cache-Control` header (RFC 9111, section 5.2); a response without `max-age` cannot be cached. */
export function cacheHintOf(header = ''): CacheHint {
  const directives = new Map(
    header.split(',').map((directive) => {
      const [name = '', value = ''] = directive.split('=');
      return [name.trim().toLowerCase(), value.trim().replaceAll('"', '')];
    }),
  );
  const maxAge = directives.get('max-age') ?? '';
  const scope = directives.has('private') ? 'PRIVATE' : directives.has('public') ? 'PUBLIC' : undefined;
  return { maxAge: /^\d+$/.test(maxAge) ? Number(maxAge) : 0, ...(scope && { scope }) };
}
