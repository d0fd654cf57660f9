import { type Exchange, makeOperation, type Operation, type OperationResult } from '@urql/core';
import { filter, makeSubject, map, merge, pipe } from 'wonka';

/** A document of the code generator, with its identifier in the manifest. */
interface IdentifiedDocument {
  readonly __meta__?: { readonly hash?: string };
}

/** Returns the identifier of a generated document in the manifest. */
export function documentIdOf(document: object): string | undefined {
  return (document as IdentifiedDocument).__meta__?.hash;
}

/** Replaces the document by its identifier: urql sends that of a document without definitions. */
function withIdentifier(operation: Operation): Operation {
  const documentId = documentIdOf(operation.query);
  if (documentId === undefined || operation.kind === 'teardown') return operation;
  const query = { kind: operation.query.kind, definitions: [], documentId } as unknown as Operation['query'];
  return makeOperation(operation.kind, { ...operation, query });
}

/** Returns true when the gateway has another manifest, such as during a release. */
function isUnknownDocument({ error }: OperationResult): boolean {
  return error?.graphQLErrors.some(({ extensions }) => extensions.code === 'PERSISTED_DOCUMENT_NOT_FOUND') === true;
}

/** Sends identifiers of persisted documents, and the text of one only to a gateway that does not have it. */
export const persistedDocuments: Exchange =
  ({ forward }) =>
  (operations) => {
    const pending = new Map<number, Operation>();
    const retries = makeSubject<Operation>();
    const identified = pipe(
      operations,
      map((operation) => {
        if (operation.kind === 'teardown') pending.delete(operation.key);
        else pending.set(operation.key, operation);
        return withIdentifier(operation);
      }),
    );
    return pipe(
      merge([identified, retries.source]),
      forward,
      map(
        (result): OperationResult => ({ ...result, operation: pending.get(result.operation.key) ?? result.operation }),
      ),
      filter((result) => {
        const isRetried = pending.has(result.operation.key) && isUnknownDocument(result);
        if (!result.hasNext) pending.delete(result.operation.key);
        if (isRetried) retries.next(result.operation);
        return !isRetried;
      }),
    );
  };
