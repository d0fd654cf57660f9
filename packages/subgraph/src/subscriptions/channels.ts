import { userInputError } from '../user-input-error.ts';

/** Maximum number of ids in one subscription. */
const MAX_IDS = 100;

/** Returns the channel of a field's changes with an id, which a subscription listens to: `movieChanged:603`. */
export function channelOf(field: string, id: string): string {
  return `${field}:${id}`;
}

/**
 * Returns the channels of a field with a list of ids.
 *
 * @param argument the name of the list, for the error
 * @throws GraphQLError `BAD_USER_INPUT` unless there are 1 to 100
 */
export function channelsOfIds(field: string, argument: string, ids: readonly string[]): readonly string[] {
  if (ids.length < 1 || ids.length > MAX_IDS) throw userInputError(`\`${argument}\` must have 1 to ${MAX_IDS} values.`);
  return ids.map((id) => channelOf(field, id));
}
