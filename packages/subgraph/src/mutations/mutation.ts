import type { z } from 'zod';
import type { IdentityContext } from '../authorization.ts';
import type { SelectionInfo } from '../execution/selected-facts.ts';
import { parseInput } from './input.ts';
import type { KeyReused, MutationCall, Outcome } from './outcome.ts';
import { type ArgumentPath, idempotencyKeyFaults, invalid, KEY_REUSED, type Refusal } from './refusal.ts';

/** The context of a mutation's resolver. */
export interface MutationContext extends IdentityContext {
  /** Replaced after a change: loaders cache what they read. */
  loaders: unknown;
  readonly createLoaders: () => unknown;
}

/** Returns the path of an argument of the change at this index: `pathOf(3, 'input', 'title')`. */
export type PathOf = (index: number, ...argument: ArgumentPath) => ArgumentPath;

/** The steps of a mutation: check the arguments, execute the change, read the result. */
interface Steps<Context, Schema extends z.ZodType, Done, Why> {
  /** Checks all arguments but the idempotency key. */
  readonly schema: Schema;
  readonly act: (
    context: Context,
    input: z.output<Schema>,
    call: MutationCall,
  ) => Promise<Outcome<Done, Why | KeyReused>>;
  /** Locates an argument of a change; by default the change's arguments are the mutation's. */
  readonly pathOf?: (input: z.output<Schema>, ...argument: Parameters<PathOf>) => ArgumentPath;
  /** Reads the result after the write. After a repeated call, another client may have deleted it. */
  readonly result: (
    context: Context,
    done: Done,
    details: { readonly call: MutationCall; readonly info: SelectionInfo; readonly pathOf: PathOf },
  ) => Promise<object> | object;
}

type Arguments = Readonly<Record<string, unknown>> & { readonly idempotencyKey?: string | null };

/**
 * Returns a function that makes resolvers of mutations. A resolver checks the arguments, executes the change with the idempotency key, and
 * reads the result with new loaders.
 *
 * @param refusalOf returns a refusal as the schema's types define it
 */
export function mutationBuilder<Context extends MutationContext, Why>(
  refusalOf: (why: Why, pathOf: PathOf) => Refusal,
) {
  return <Schema extends z.ZodType, Done>(name: string, steps: Steps<Context, Schema, Done, Why>) => {
    const { schema, act, result, pathOf = (_, __, ...argument) => argument } = steps;
    return async (
      _: unknown,
      { idempotencyKey, ...request }: Arguments,
      context: Context,
      info: SelectionInfo,
    ): Promise<object> => {
      const parsed = parseInput(schema, request, []);
      const faults = [...('faults' in parsed ? parsed.faults : []), ...idempotencyKeyFaults(idempotencyKey)];
      if ('faults' in parsed || faults.length > 0) return invalid(faults);
      const call = { subject: subjectOf(context), mutation: name, idempotencyKey: idempotencyKey ?? null, request };
      const outcome = await act(context, parsed.value, call);
      const locate: PathOf = (index, ...argument) => pathOf(parsed.value, index, ...argument);
      if ('refused' in outcome) {
        return isKeyReused(outcome.refused) ? KEY_REUSED : refusalOf(outcome.refused as Why, locate);
      }
      (context as MutationContext).loaders = context.createLoaders();
      return result(context, outcome.done, { call, info, pathOf: locate });
    };
  };
}

function subjectOf({ identity }: IdentityContext): string {
  if (identity === undefined) {
    throw new Error('A mutation was executed without a token: require a scope on its field in the schema.');
  }
  return identity.subject;
}

function isKeyReused(refused: unknown): refused is KeyReused {
  return (refused as { readonly kind?: unknown }).kind === 'keyReused';
}

/** Returns the outcome of a batch of one change. */
export function onlyOf<Done, Why>(outcome: Outcome<readonly Done[], Why>): Outcome<Done, Why> {
  if ('refused' in outcome) return outcome;
  const [done] = outcome.done;
  if (done === undefined) throw new Error('A batch of one change has no result.');
  return { done };
}
