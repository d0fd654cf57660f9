import { CriticalityLevel, diff } from '@graphql-inspector/core';
import type { GraphQLSchema } from 'graphql';
import { z } from 'zod';

const recorded = z.array(z.strictObject({ change: z.string().min(1), reason: z.string().min(1) })).nullable();

/** A breaking change that was decided on: its words as the check reports them, and why clients have to bear it. */
export type AcceptedChange = NonNullable<z.output<typeof recorded>>[number];

/** Reads what the file of accepted changes holds; an empty one accepts nothing. Throws a ZodError. */
export function acceptedChanges(content: unknown): readonly AcceptedChange[] {
  return recorded.parse(content) ?? [];
}

/** Breaking changes that nobody accepted, and accepted ones that are not there. Both empty: the schema may be released. */
export interface Comparison {
  readonly unaccepted: readonly string[];
  readonly stale: readonly string[];
}

/** Compares a schema with the one that clients have: what breaks an operation of theirs has to be accepted. */
export async function compareSchemas(
  released: GraphQLSchema,
  next: GraphQLSchema,
  accepted: readonly AcceptedChange[],
): Promise<Comparison> {
  const changes = await diff(released, next);
  const breaking = changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking);
  const messages = [...new Set(breaking.map(({ message }) => message))];
  return {
    unaccepted: messages.filter((message) => !accepted.some(({ change }) => change === message)),
    stale: accepted.map(({ change }) => change).filter((change) => !messages.includes(change)),
  };
}
