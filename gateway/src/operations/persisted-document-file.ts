import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import type { ProcessContext } from '@marquee/runtime/process';
import { Gauge } from 'prom-client';
import { z } from 'zod';
import { reload, type TextSource } from '../supergraph/reload.ts';
import { reloadReporter } from '../supergraph/reload-reporter.ts';
import type { PersistedDocument } from './persisted-document-index.ts';

/** Apollo's manifest: https://www.apollographql.com/docs/graphos/platform/security/persisted-queries */
const apolloManifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1).optional(),
  operations: z.array(z.object({ id: z.string().min(1).optional(), name: z.string(), body: z.string() })),
});

/** A manifest of other tools: texts by their hash. */
const byHash = z.record(z.string(), z.string());

/**
 * Parses a manifest: Apollo's, or texts by their hash.
 *
 * @throws Error for any other content
 */
export function parsePersistedDocuments(text: string): PersistedDocument[] {
  const content: unknown = JSON.parse(text);
  if (typeof content === 'object' && content !== null && 'format' in content) {
    return apolloManifest.parse(content).operations.map(({ id, name, body }) => ({ id: id ?? name, name, body }));
  }
  return Object.entries(byHash.parse(content)).map(([id, body]) => ({ id, name: id, body }));
}

/** Options for a manifest and its changes. */
export interface DocumentsOptions {
  readonly source: TextSource;
  /** Prepares documents before they replace the present ones. */
  readonly prepare: (documents: readonly PersistedDocument[]) => Promise<void>;
}

/**
 * Reads a manifest and follows its changes, each counted in `marquee_persisted_documents_reloads_total{outcome}`.
 *
 * @returns a function that returns the present documents, the same list until they change
 * @throws MarqueeError `PERSISTED_DOCUMENTS_UNREADABLE` or `PERSISTED_DOCUMENTS_INVALID` (exit code 2) for the first
 *   manifest
 */
export async function followPersistedDocuments(
  ctx: ProcessContext,
  { source, prepare }: DocumentsOptions,
): Promise<() => readonly PersistedDocument[]> {
  const text = await source.read();
  let current: readonly PersistedDocument[] = read(source.name, text);
  await prepare(current);
  new Gauge({
    name: 'marquee_persisted_documents',
    aggregator: 'max',
    help: 'Persisted documents in use.',
    registers: [ctx.metrics],
    collect() {
      this.set(current.length);
    },
  });
  const end = reload<readonly PersistedDocument[]>({
    source,
    inUse: text,
    async read(changed) {
      const documents = read(source.name, changed);
      await prepare(documents);
      return documents;
    },
    use(_text, documents) {
      current = documents;
    },
    report: reloadReporter(ctx, {
      name: 'marquee_persisted_documents_reloads_total',
      help: 'Reloads of the persisted documents by outcome.',
      loaded: 'the new persisted documents are in use',
      refused: 'the new persisted documents are invalid; the previous ones stay in use',
    }),
  });
  ctx.onStop('persisted documents', async () => end());
  return () => current;
}

function read(source: string, text: string): PersistedDocument[] {
  try {
    return parsePersistedDocuments(text);
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause);
    throw new MarqueeError(
      'PERSISTED_DOCUMENTS_INVALID',
      `The persisted documents of ${source} are invalid: ${reason}`,
      {
        cause,
        exitCode: EXIT.usage,
      },
    );
  }
}
