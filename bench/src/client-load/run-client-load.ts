import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { randomOf } from '../loading/catalogue.ts';
import { openLoop } from '../open-loop.ts';
import { readSample } from './catalogue-sample.ts';
import type { Documents } from './documents.ts';
import { LoadTally } from './load-tally.ts';
import { createDraw, drawOperation, PROFILES } from './profiles.ts';
import type { SendOperation } from './send-operation.ts';

export interface ClientLoadOptions {
  readonly profile: string;
  readonly documents: Documents;
  readonly send: SendOperation;
  readonly perSecond: number;
  /** Infinite until the signal ends it. */
  readonly seconds: number;
  /** Exponent of Zipf's law. */
  readonly skew: number;
  /** Limit of requests in progress; more are counted and not sent. */
  readonly maxInFlight: number;
  readonly seed: number;
  /** Ends the load; responses to requests in progress are awaited. */
  readonly signal?: AbortSignal;
  /** Called when the load begins. */
  readonly onStart?: (tally: LoadTally) => void;
}

/**
 * Sends the operations of a profile at a constant rate, with ids, titles and names that it reads from the API.
 *
 * @throws MarqueeError as `readSample`, and `DOCUMENT_MISSING` (exit code 2)
 */
export async function runClientLoad(options: ClientLoadOptions): Promise<LoadTally> {
  const { profile, documents, send, perSecond, seconds, skew, maxInFlight, seed, signal } = options;
  const operations = PROFILES[profile] ?? [];
  const missing = operations.filter(({ name }) => !documents.has(name)).map(({ name }) => name);
  if (missing.length > 0) {
    const message = `The documents have no operation of the name ${missing.join(', ')}.`;
    throw new MarqueeError('DOCUMENT_MISSING', message, { exitCode: EXIT.usage });
  }
  const random = randomOf(seed);
  const draw = createDraw(await readSample(send), skew, random);
  const next = drawOperation(operations, random);
  const tally = new LoadTally();
  options.onStart?.(tally);
  const inProgress = new Set<Promise<void>>();

  async function request(due: number): Promise<void> {
    const { name, variables } = next();
    const query = documents.get(name) as string;
    const { codes } = await send({ query, operationName: name, variables: variables(draw) });
    tally.add(name, performance.now() - due, codes);
  }

  await openLoop({ perSecond, seconds, ...(signal && { signal }) }, (due) => {
    if (inProgress.size >= maxInFlight) {
      tally.notSent += 1;
      return;
    }
    const running: Promise<void> = request(due).finally(() => inProgress.delete(running));
    inProgress.add(running);
  });
  await Promise.all(inProgress);
  return tally;
}
