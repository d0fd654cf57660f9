import assert from 'node:assert/strict';
import type { Answer } from './answer.ts';

/** A block of server-sent events: an event, or a comment with or without an id. */
export interface Block {
  readonly event: string | undefined;
  readonly id: string | undefined;
  readonly data: string | undefined;
  readonly isComment: boolean;
}

/** The stream of a subscription as a client reads it. */
export class SubscriptionStream {
  readonly response: Response;
  /** The blocks so far, without heartbeats. */
  readonly blocks: Block[] = [];
  /** The id that a client sends to resume. */
  lastEventId: string | undefined;
  readonly #abort: AbortController;
  #chunks: AsyncIterator<Uint8Array> | undefined;
  readonly #decoder = new TextDecoder();
  #text = '';
  #wait: Promise<IteratorResult<Uint8Array>> | undefined;

  constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
  }

  /** Returns the next block; undefined at the end of the connection. Rejects when none comes in time. */
  async block(withinMs = 20_000): Promise<Block | undefined> {
    const deadline = AbortSignal.timeout(withinMs);
    const late = new Promise<never>((_, reject) => {
      deadline.addEventListener('abort', () => reject(new Error(`no event within ${withinMs} ms`)));
    });
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end !== -1) {
        const block = parse(this.#text.slice(0, end));
        this.#text = this.#text.slice(end + 2);
        if (block.id !== undefined) this.lastEventId = block.id;
        this.blocks.push(block);
        return block;
      }
      this.#chunks ??= this.response.body?.[Symbol.asyncIterator]() as AsyncIterator<Uint8Array> | undefined;
      this.#wait ??= this.#chunks?.next();
      const chunk = await Promise.race([this.#wait, late]);
      this.#wait = undefined;
      if (chunk === undefined || chunk.done) return undefined;
      this.#text += this.#decoder.decode(chunk.value, { stream: true });
    }
  }

  /** Returns the next event's result; undefined when the operation or the connection ends. */
  async next(withinMs?: number): Promise<Answer | undefined> {
    for (let block = await this.block(withinMs); block !== undefined; block = await this.block(withinMs)) {
      if (block.event === 'complete') return undefined;
      if (block.event !== undefined) return JSON.parse(block.data ?? '') as Answer;
    }
    return undefined;
  }

  /** Returns the data of the next event, which has no errors. */
  async data(withinMs?: number) {
    const answer = await this.next(withinMs);
    assert.ok(answer, 'the stream has ended');
    assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
    return answer.data;
  }

  /** Closes the connection, as a client that goes away. */
  close(): void {
    this.#wait?.catch(() => {});
    this.#abort.abort();
  }
}

function parse(text: string): Block {
  const values = new Map<string, string>();
  let isComment = false;
  for (const line of text.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*): ?(.*)$/.exec(line) ?? [undefined, line];
    if (name === '') isComment = true;
    else values.set(name, value);
  }
  return { event: values.get('event'), id: values.get('id'), data: values.get('data'), isComment };
}
