const KEY = 'marquee-token';

/** The user of a token. */
export interface Viewer {
  readonly name: string;
  /** Undefined for a token without an end. */
  readonly expiresAt: Date | undefined;
}

/**
 * Reads the subject and the end of a JSON Web Token without its signature, which the gateway verifies.
 *
 * @returns undefined for other text, and for a token without a subject
 */
export function viewerOf(token: string): Viewer | undefined {
  try {
    const [, payload = ''] = token.split('.');
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
      character.charCodeAt(0),
    );
    const { sub, exp }: { sub?: unknown; exp?: unknown } = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof sub !== 'string') return undefined;
    return { name: sub, expiresAt: typeof exp === 'number' ? new Date(exp * 1_000) : undefined };
  } catch {
    return undefined; // The caller says that the text is no token.
  }
}

/** Returns the token in pasted text: the token itself, or the header that `npm start` prints. */
export function tokenIn(text: string): string | undefined {
  const [token] = /[\w-]+\.[\w-]+\.[\w-]+/.exec(text) ?? [];
  return token !== undefined && viewerOf(token) !== undefined ? token : undefined;
}

/** Returns the stored token; undefined without one, after its end, and where storage is blocked. */
export function readToken(): string | undefined {
  try {
    const token = localStorage.getItem(KEY) ?? undefined;
    const viewer = token === undefined ? undefined : viewerOf(token);
    if (viewer === undefined) return undefined;
    return viewer.expiresAt !== undefined && viewer.expiresAt.getTime() <= Date.now() ? undefined : token;
  } catch {
    return undefined; // Storage is blocked: the token lasts as long as the page.
  }
}

export function storeToken(token: string | undefined): void {
  try {
    if (token === undefined) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, token);
  } catch {
    // Storage is blocked: the token lasts as long as the page.
  }
}
