import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Graphql, Stack } from './stack.ts';

/** Returns the header with the stack's development token, which may do everything. */
export async function authorizationOf(stack: Stack): Promise<{ authorization: string }> {
  const token = (await readFile(path.join(stack.stateDir, 'token'), 'utf8')).trim();
  return { authorization: `Bearer ${token}` };
}

/** Sends operations to the gateway with the stack's development token. */
export async function signedIn(stack: Stack): Promise<Graphql> {
  const authorization = await authorizationOf(stack);
  return async (query, variables = {}) => {
    const response = await fetch(stack.addresses.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    if (errors !== undefined) throw new Error(`HTTP ${response.status}: ${JSON.stringify(errors)}`);
    return data;
  };
}
