import { createHash } from 'node:crypto';
import { stripIgnoredCharacters } from 'graphql';
import type { PersistedDocument } from './persisted-document.ts';

/** Finds persisted documents by what requests say of them. */
export interface DocumentIndex {
  /** By an identifier: `sha256:` and the text's hash, or the document's own. */
  byId(id: string): string | undefined;
  /** By the hash of the text, or by an identifier that is one. */
  byHash(hash: string): string | undefined;
  /** Whether a text is one of them, or differs only in what the language ignores: white space, commas and comments. */
  has(text: string): boolean;
}

interface Lists {
  readonly of: readonly PersistedDocument[];
  readonly ids: ReadonlyMap<string, string>;
  readonly hashes: ReadonlyMap<string, string>;
  readonly texts: ReadonlySet<string>;
}

const PREFIX = 'sha256:';

/** @param documents those that are known at the moment; the same list until they change */
export function documentIndex(documents: () => readonly PersistedDocument[]): DocumentIndex {
  let lists = listsOf(documents());
  const current = (): Lists => {
    const known = documents();
    if (lists.of !== known) lists = listsOf(known);
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

/** Undefined for what is no text of the language. */
function withoutIgnored(text: string): string | undefined {
  try {
    return stripIgnoredCharacters(text);
  } catch {
    return undefined;
  }
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
