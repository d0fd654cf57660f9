import { CriticalityLevel, diff } from '@graphql-inspector/core';
import type { GraphQLSchema } from 'graphql';
import { z } from 'zod';

const recorded = z.array(z.strictObject({ change: z.string().min(1), reason: z.string().min(1) })).nullable();

/** A breaking change that was decided on: the check's message, and the reason. */
export type AcceptedChange = NonNullable<z.output<typeof recorded>>[number];

/** Parses the file of accepted changes; an empty one accepts none. Throws a ZodError. */
export function acceptedChanges(content: unknown): readonly AcceptedChange[] {
  return recorded.parse(content) ?? [];
}

/** Breaking changes that are not accepted, and accepted ones that do not exist. The schema may be released when both are empty. */
export interface Comparison {
  readonly unaccepted: readonly string[];
  readonly stale: readonly string[];
}

/** Compares a schema with the released one. */
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
