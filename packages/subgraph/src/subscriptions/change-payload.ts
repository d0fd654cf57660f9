import type { ChangeKind } from '@marquee/events/change-topics';
import type { Change } from './change-history.ts';

/** A change as resolvers of subscriptions get it. */
export interface ChangePayload {
  /** Id of the entity. */
  readonly id: string;
  readonly kind: Uppercase<ChangeKind>;
  readonly changedAt: Date;
}

/** Properties of {@link ChangePayload} that are fields of every type of changes. */
export const CHANGE_FACTS = ['kind', 'changedAt'] as const satisfies readonly (keyof ChangePayload)[];

/** Resolves the field of a subscription. */
export function changePayload({ entityId, change, occurredAt }: Change): ChangePayload {
  return { id: entityId, kind: change.toUpperCase() as ChangePayload['kind'], changedAt: occurredAt };
}
