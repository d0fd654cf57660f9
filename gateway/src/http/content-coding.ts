import { pipeline, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib';
import type { FastifyReply } from 'fastify';
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import type { Coding, CompressibleBody } from '../operations/response-body.ts';

/** In order of preference where a client has none. */
const CODINGS: readonly Coding[] = ['br', 'gzip'];

/** Bytes below which an answer fits a packet, compressed or not. */
const MIN_BYTES = 1_024;

/** Brotli at this quality takes about the time of gzip at its default level, and makes less of it. */
const BROTLI_QUALITY = 4;

/** A window of 256 KiB: one of an answer in parts is held as long as the client waits for the rest. */
const STREAM_WINDOW_BITS = 18;

const GZIP_LEVEL = 6;

const compressGzip = promisify(gzip);
const compressBrotli = promisify(brotliCompress);

/** How an answer may be coded for a client. */
export interface Negotiated {
  readonly coding: Coding | 'identity';
  /** True when the client refuses an answer that is not coded. */
  readonly isRequired: boolean;
}

const NONE: Negotiated = { coding: 'identity', isRequired: false };

/** Clients send few values over and over; a longer one is parsed each time. */
const MAX_CACHED_CHARACTERS = 256;
const negotiations = new LRUCache<string, Negotiated>({ max: 100 });

/** `preferred` came with version 1, which DefinitelyTyped does not have yet. */
interface EncodingNegotiator {
  encodings(available: string[], options: { preferred: string[] }): string[];
}

/** The coding that a client prefers by the quality values of its `Accept-Encoding` (RFC 9110, section 12.5.3). */
export function negotiateCoding(acceptEncoding: string | undefined): Negotiated {
  if (acceptEncoding === undefined) return NONE;
  const existing = negotiations.get(acceptEncoding);
  if (existing !== undefined) return existing;
  const negotiator: EncodingNegotiator = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } });
  const acceptable = negotiator.encodings([...CODINGS, 'identity'], { preferred: [...CODINGS] });
  // Where nothing is acceptable, the server should answer as if there were no such header.
  const [coding = 'identity'] = acceptable as (Coding | 'identity')[];
  const negotiated = { coding, isRequired: coding !== 'identity' && !acceptable.includes('identity') };
  if (acceptEncoding.length <= MAX_CACHED_CHARACTERS) negotiations.set(acceptEncoding, negotiated);
  return negotiated;
}

export function compressible(text: string | Buffer): CompressibleBody {
  return { text, compressed: text.length < MIN_BYTES ? undefined : new Map() };
}

/** Compresses in a thread of the pool. */
export function compress({ text, compressed }: CompressibleBody, coding: Coding): Promise<Buffer> {
  let running = compressed?.get(coding);
  if (running === undefined) {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    running =
      coding === 'gzip' ? compressGzip(bytes, { level: GZIP_LEVEL }) : compressBrotli(bytes, brotli(bytes.length));
    compressed?.set(coding, running);
  }
  return running;
}

function brotli(size: number) {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
  return { params: { [BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [BROTLI_PARAM_SIZE_HINT]: size } };
}

/** Compresses an answer that comes in parts: each part can be decoded once it has come. */
export function compressStream(source: Readable, coding: Coding): Readable {
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN } = constants;
  const encoder =
    coding === 'gzip'
      ? createGzip({ level: GZIP_LEVEL, flush: Z_SYNC_FLUSH })
      : createBrotliCompress({
          flush: BROTLI_OPERATION_FLUSH,
          params: { [BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [BROTLI_PARAM_LGWIN]: STREAM_WINDOW_BITS },
        });
  // A failure of either destroys both, and with them the answer that is sent from this stream.
  return pipeline(source, encoder, () => {});
}

/** Adds the name of a request's header to those that the answer depends on. */
export function addVary(reply: FastifyReply, name: string): void {
  const existing = reply.getHeader('vary');
  reply.header('vary', existing === undefined ? name : `${existing}, ${name}`);
}
