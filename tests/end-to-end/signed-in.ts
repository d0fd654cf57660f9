import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Graphql, Stack } from './stack.ts';

/** Sends operations to the gateway with the stack's development token, which may do everything. */
export async function signedIn(stack: Stack): Promise<Graphql> {
  const token = (await readFile(path.join(stack.stateDir, 'token'), 'utf8')).trim();
  return async (query, variables = {}) => {
    const response = await fetch(stack.addresses.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    if (errors !== undefined) throw new Error(`HTTP ${response.status}: ${JSON.stringify(errors)}`);
    return data;
  };
}
