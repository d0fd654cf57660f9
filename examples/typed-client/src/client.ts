import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type GraphQLFormattedError, print } from 'graphql';

/** The GraphQL errors of a response: the server refused the operation, or failed to execute a part of it. */
export class OperationError extends Error {
  override readonly name = 'OperationError';
  readonly errors: readonly GraphQLFormattedError[];

  constructor(errors: readonly GraphQLFormattedError[]) {
    super(errors.map(({ message }) => message).join('; '));
    this.errors = errors;
  }
}

/**
 * Sends one operation, with the types of variables and data from its document.
 *
 * @throws OperationError when the response has errors
 */
export async function request<Result, Variables>(
  url: string,
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const { data, errors } = (await response.json()) as { data?: Result; errors?: GraphQLFormattedError[] };
  if (errors !== undefined || data === undefined) throw new OperationError(errors ?? []);
  return data;
}
