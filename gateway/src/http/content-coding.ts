import { pipeline, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib';
import type { FastifyReply } from 'fastify';
import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';

/** A content coding of responses (RFC 9110, section 8.4.1). */
export type Coding = 'br' | 'gzip';

/** A text that is compressed at most once for each coding, however many clients share it. */
export interface CompressibleBody {
  readonly text: string | Buffer;
  /** The compressed text by coding; undefined where the text is too small to compress. */
  readonly compressed: Map<Coding, Promise<Buffer>> | undefined;
}

/** Supported codings in the order of preference where a client has none. */
const CODINGS: readonly Coding[] = ['br', 'gzip'];

/** Size below which a response fits a packet, compressed or not, in bytes. */
const MIN_BYTES = 1_024;

/** At this quality Brotli takes about as long as gzip at its default level, with a smaller result. */
const BROTLI_QUALITY = 4;

/** A window of 256 KiB: an incremental response holds it until its end. */
const STREAM_WINDOW_BITS = 18;

const GZIP_LEVEL = 6;

const compressGzip = promisify(gzip);
const compressBrotli = promisify(brotliCompress);

/** The content coding of a response to one client. */
export interface Negotiated {
  readonly coding: Coding | 'identity';
  /** True when the client rejects `identity`. */
  readonly isRequired: boolean;
}

const NONE: Negotiated = { coding: 'identity', isRequired: false };

/** The limit of cached values of `accept-encoding`: clients repeat a few short ones. */
const MAX_CACHED_CHARACTERS = 256;
const negotiations = new LRUCache<string, Negotiated>({ max: 100 });

/** Negotiator 1's option `preferred`, which DefinitelyTyped lacks. */
interface EncodingNegotiator {
  encodings(available: string[], options: { preferred: string[] }): string[];
}

/**
 * Returns the coding that a client prefers by the quality values of its `Accept-Encoding` (RFC 9110, section 12.5.3).
 */
export function negotiateCoding(acceptEncoding: string | undefined): Negotiated {
  if (acceptEncoding === undefined) return NONE;
  const existing = negotiations.get(acceptEncoding);
  if (existing !== undefined) return existing;
  const negotiator: EncodingNegotiator = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } });
  const acceptable = negotiator.encodings([...CODINGS, 'identity'], { preferred: [...CODINGS] });
  // If no coding is acceptable, the server should respond without one.
  const [coding = 'identity'] = acceptable as (Coding | 'identity')[];
  const negotiated = { coding, isRequired: coding !== 'identity' && !acceptable.includes('identity') };
  if (acceptEncoding.length <= MAX_CACHED_CHARACTERS) negotiations.set(acceptEncoding, negotiated);
  return negotiated;
}

export function compressible(text: string | Buffer): CompressibleBody {
  return { text, compressed: text.length < MIN_BYTES ? undefined : new Map() };
}

/** Compresses a body in libuv's thread pool, once for each coding. */
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

/** Compresses an incremental response: each part can be decoded when it arrives. */
export function compressStream(source: Readable, coding: Coding): Readable {
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN } = constants;
  const encoder =
    coding === 'gzip'
      ? createGzip({ level: GZIP_LEVEL, flush: Z_SYNC_FLUSH })
      : createBrotliCompress({
          flush: BROTLI_OPERATION_FLUSH,
          params: { [BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [BROTLI_PARAM_LGWIN]: STREAM_WINDOW_BITS },
        });
  // A failure of either stream destroys both, and with them the response.
  return pipeline(source, encoder, () => {});
}

/** Adds a request header to `vary`. */
export function addVary(reply: FastifyReply, name: string): void {
  const existing = reply.getHeader('vary');
  reply.header('vary', existing === undefined ? name : `${existing}, ${name}`);
}
