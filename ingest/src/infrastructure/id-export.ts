import { createReadStream } from 'node:fs';
import { Readable, type Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { request } from 'undici';
import type { Candidate } from '../application/work-queue.ts';

const BATCH = 1_000;
/** Longest line, in characters; TMDb's are about 150. */
const MAX_LINE = 65_536;
const MAX_ID = 2_147_483_647;
const HEADERS_TIMEOUT_MS = 30_000;
/** Longest time without a byte of the body. */
const BODY_TIMEOUT_MS = 60_000;

/** Opens an export file. @throws MarqueeError `EXPORT_UNREADABLE` (exit code 2) */
export async function openExportFile(file: string): Promise<Readable> {
  const stream = createReadStream(file);
  await new Promise<void>((resolve, reject) => {
    stream.once('open', () => resolve());
    stream.once('error', (error) =>
      reject(
        new MarqueeError('EXPORT_UNREADABLE', `The export cannot be read: ${messageOf(error)}.`, {
          cause: error,
          exitCode: EXIT.usage,
        }),
      ),
    );
  });
  return stream;
}

/** Downloads an export; undefined when the server has none of that day. @throws MarqueeError `EXPORT_UNREACHABLE` (exit code 3) */
export async function downloadExport(url: string): Promise<Readable | undefined> {
  try {
    const timeouts = { headersTimeout: HEADERS_TIMEOUT_MS, bodyTimeout: BODY_TIMEOUT_MS };
    const { statusCode, body } = await request(url, timeouts);
    if (statusCode === 200) return body;
    await body.dump();
    // TMDb's file server returns 403 for a file that does not exist.
    if (statusCode === 404 || statusCode === 403) return undefined;
    throw new Error(`status ${statusCode}`);
  } catch (error) {
    throw new MarqueeError('EXPORT_UNREACHABLE', `The export at ${url} cannot be downloaded: ${messageOf(error)}.`, {
      cause: error,
      retryable: true,
      exitCode: EXIT.unreachable,
    });
  }
}

/**
 * Reads an id export, JSON lines with or without gzip, in batches: https://developer.themoviedb.org/docs/daily-id-exports. Fields other
 * than `id` and `popularity` are ignored.
 *
 * @param name the name in errors
 * @throws MarqueeError `INVALID_EXPORT` (exit code 2) with the number of the first invalid line
 */
export async function* readIdExport(stream: Readable, name: string): AsyncGenerator<readonly Candidate[]> {
  const batch: Candidate[] = [];
  let line = 0;
  let rest = '';

  function add(text: string): void {
    line += 1;
    batch.push(parseLine(text, (reason) => invalid(name, line, reason)));
  }

  const decoder = new StringDecoder('utf8');
  try {
    for await (const chunk of unzipped(stream)) {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_LINE) throw invalid(name, line + 1, `it is longer than ${MAX_LINE} characters`);
      for (const text of lines) add(text);
      while (batch.length >= BATCH) yield batch.splice(0, BATCH);
    }
  } catch (error) {
    if (error instanceof MarqueeError) throw error;
    throw invalid(name, line + 1, `the file is corrupt or truncated: ${messageOf(error)}`);
  }
  if (rest !== '') add(rest);
  if (line === 0) throw invalid(name, 1, 'the file is empty');
  if (batch.length > 0) yield batch;
}

/** Returns the chunks of a stream, without gzip. */
async function* unzipped(stream: Readable): AsyncGenerator<Buffer> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await chunks.next();
  if (first.done) return;
  const all = Readable.from(
    (async function* () {
      yield first.value;
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
    })(),
  );
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (!isGzip) {
    yield* all as AsyncIterable<Buffer>;
    return;
  }
  const gunzip = createGunzip();
  all.on('error', (error) => gunzip.destroy(error));
  yield* all.pipe(gunzip) as Transform as AsyncIterable<Buffer>;
}

function parseLine(text: string, fail: (reason: string) => MarqueeError): Candidate {
  let entry: unknown;
  try {
    entry = JSON.parse(text);
  } catch {
    throw fail(
      text.trim() === '' ? 'it is empty' : `it is not JSON, but begins with ${JSON.stringify(text.slice(0, 40))}`,
    );
  }
  const { id, popularity = 0 } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>;
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 1 || id > MAX_ID) throw fail('it has no id of TMDb');
  const known = typeof popularity === 'number' && popularity >= 0 && popularity < 1e9 ? popularity : 0;
  return { id, popularity: known };
}

function invalid(name: string, line: number, reason: string): MarqueeError {
  return new MarqueeError('INVALID_EXPORT', `${name}:${line}: ${reason}. Nothing was queued.`, {
    exitCode: EXIT.usage,
  });
}
