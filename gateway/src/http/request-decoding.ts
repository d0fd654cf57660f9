import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { RequestRefusal } from './request-refusal.ts';

type Decode = (bytes: Buffer, limit: { maxOutputLength: number }) => Promise<Buffer>;

/** By content coding (RFC 9110, section 8.4.1). */
const DECODERS: ReadonlyMap<string, Decode> = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['br', promisify(brotliDecompress)],
  ['deflate', promisify(inflate)],
]);

/** Characters of a client's that a message repeats. */
const MAX_QUOTED = 40;

/**
 * Decodes compressed request bodies. The body limit holds for the bytes that come and for those that they decode to; decoding stops
 * there. A coding that is not supported is refused with 415, and so are several codings, one applied after the other.
 */
export function registerRequestDecoding(server: FastifyInstance): void {
  server.addHook('preParsing', (request, _reply, payload, done) => {
    const coding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
    if (coding === '' || coding === 'identity' || request.method !== 'POST') return done(null, payload);
    const decode = DECODERS.get(coding);
    if (decode === undefined) return done(unsupported(coding));
    const { bodyLimit } = request.routeOptions;
    decoded(payload, decode, coding, bodyLimit).then(
      (body) => done(null, body),
      (error: RequestRefusal) => done(error),
    );
  });
}

async function decoded(payload: Readable, decode: Decode, coding: string, limit: number): Promise<Readable> {
  const encoded = await bytesOf(payload, limit);
  const bytes = await decode(encoded, { maxOutputLength: limit }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    const message = `The request body is not what content-encoding says: it cannot be decoded as ${coding}.`;
    throw new RequestRefusal(400, 'BAD_REQUEST', message);
  });
  // Fastify compares `content-length` with what was received, not with what it decodes to.
  return Object.assign(Readable.from([bytes]), { receivedEncodedLength: encoded.length });
}

async function bytesOf(payload: Readable, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // A destroyed request takes its connection with it, and the refusal would never arrive.
    for await (const chunk of payload.iterator({ destroyOnReturn: false })) {
      length += chunk.length;
      if (length > limit) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof RequestRefusal) throw error;
    throw new RequestRefusal(400, 'BAD_REQUEST', 'The request body ended before it was complete: send all of it.');
  }
  return Buffer.concat(chunks, length);
}

function tooLarge(): RequestRefusal {
  return new RequestRefusal(413, 'BODY_TOO_LARGE', 'The request body is too large.', { connection: 'close' });
}

function unsupported(coding: string): RequestRefusal {
  const supported = [...DECODERS.keys()].filter((name) => !name.startsWith('x-')).join(', ');
  const message = `The content-encoding ${JSON.stringify(coding.slice(0, MAX_QUOTED))} is not supported: send one of ${supported}, or none.`;
  return new RequestRefusal(415, 'UNSUPPORTED_MEDIA_TYPE', message, { 'accept-encoding': supported });
}
