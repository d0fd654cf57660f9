import { createHash } from 'node:crypto';
import { stripIgnoredCharacters } from 'graphql';

/** A document that clients name by its id instead of sending it. */
export interface PersistedDocument {
  /** The id that clients send: often the SHA-256 of the text, hexadecimal. */
  readonly id: string;
  /** The name for messages. */
  readonly name: string;
  readonly body: string;
}

/** An index of persisted documents. */
export interface DocumentIndex {
  /** Finds a document by `sha256:` and the hash of its text, or by its own id. */
  byId(id: string): string | undefined;
  /** Finds a document by the hash of its text, or by an id that is one. */
  byHash(hash: string): string | undefined;
  /** Returns true for the text of a persisted document; white space, commas and comments may differ. */
  has(text: string): boolean;
}

interface Lists {
  readonly of: readonly PersistedDocument[];
  readonly ids: ReadonlyMap<string, string>;
  readonly hashes: ReadonlyMap<string, string>;
  readonly texts: ReadonlySet<string>;
}

const PREFIX = 'sha256:';

/**
 * Creates the index, and rebuilds it when the documents change.
 *
 * @param documents returns the same list until they change
 */
export function documentIndex(documents: () => readonly PersistedDocument[]): DocumentIndex {
  let lists = listsOf(documents());
  const current = (): Lists => {
    const latest = documents();
    if (lists.of !== latest) lists = listsOf(latest);
    return lists;
  };
  return {
    byId(id) {
      const { ids, hashes } = current();
      return id.startsWith(PREFIX) ? hashes.get(id.slice(PREFIX.length)) : ids.get(id);
    },
    byHash(hash) {
      const { ids, hashes } = current();
      return hashes.get(hash) ?? ids.get(hash);
    },
    has(text) {
      const { texts } = current();
      if (texts.has(text)) return true;
      const stripped = withoutIgnored(text);
      return stripped !== undefined && texts.has(stripped);
    },
  };
}

function listsOf(documents: readonly PersistedDocument[]): Lists {
  return {
    of: documents,
    ids: new Map(documents.map(({ id, body }) => [id, body])),
    hashes: new Map(documents.map(({ body }) => [sha256(body), body])),
    texts: new Set(documents.flatMap(({ body }) => [body, withoutIgnored(body) ?? body])),
  };
}

/** Returns undefined for a text that cannot be parsed. */
function withoutIgnored(text: string): string | undefined {
  try {
    return stripIgnoredCharacters(text);
  } catch {
    return undefined;
  }
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
