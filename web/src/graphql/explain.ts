import type { CombinedError } from '@urql/core';

/** Explains an error to the person who sees the page. */
export function explain({ networkError, graphQLErrors }: CombinedError): string {
  if (networkError) return 'The gateway could not be reached. Check the connection, and that it is running.';
  const [first] = graphQLErrors;
  if (first?.extensions.code === 'UNAUTHENTICATED')
    return 'The token is no longer valid. Sign out, and paste another one.';
  return first?.message ?? 'The gateway answered with an error.';
}
