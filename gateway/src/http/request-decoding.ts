import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { RequestRejection } from './request-errors.ts';

type Decode = (bytes: Buffer, limit: { maxOutputLength: number }) => Promise<Buffer>;

/** Decoders by content coding (RFC 9110, section 8.4.1). */
const DECODERS: ReadonlyMap<string, Decode> = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['br', promisify(brotliDecompress)],
  ['deflate', promisify(inflate)],
]);

/** Number of a client's characters that a message quotes. */
const MAX_QUOTED = 40;

/**
 * Decodes compressed request bodies. The body limit applies to the received and to the decoded bytes; decoding stops
 * there. An unsupported coding, or several codings, are rejected with 415.
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
      (error: RequestRejection) => done(error),
    );
  });
}

async function decoded(payload: Readable, decode: Decode, coding: string, limit: number): Promise<Readable> {
  const encoded = await bytesOf(payload, limit);
  const bytes = await decode(encoded, { maxOutputLength: limit }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    const message = `The request body cannot be decoded as ${coding}, its content-encoding.`;
    throw new RequestRejection(400, 'BAD_REQUEST', message);
  });
  // Fastify compares `content-length` with the received size, not with the decoded one.
  return Object.assign(Readable.from([bytes]), { receivedEncodedLength: encoded.length });
}

async function bytesOf(payload: Readable, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // Destroying the request would close its connection before the rejection is sent.
    for await (const chunk of payload.iterator({ destroyOnReturn: false })) {
      length += chunk.length;
      if (length > limit) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof RequestRejection) throw error;
    throw new RequestRejection(400, 'BAD_REQUEST', 'The request body ended before it was complete: send all of it.');
  }
  return Buffer.concat(chunks, length);
}

function tooLarge(): RequestRejection {
  return new RequestRejection(413, 'BODY_TOO_LARGE', 'The request body is too large.', { connection: 'close' });
}

function unsupported(coding: string): RequestRejection {
  const supported = [...DECODERS.keys()].filter((name) => !name.startsWith('x-')).join(', ');
  const message = `The content-encoding ${JSON.stringify(coding.slice(0, MAX_QUOTED))} is not supported: send one of ${supported}, or none.`;
  return new RequestRejection(415, 'UNSUPPORTED_MEDIA_TYPE', message, { 'accept-encoding': supported });
}
