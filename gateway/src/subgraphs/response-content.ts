import { MIMEType, promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { LRUCache } from 'lru-cache';

/** A response that cannot be used. The message is for clients and quotes only the response. */
export class UnusableResponse extends Error {}

/** A field's value; lines of one field form a list (RFC 9110, section 5.3). */
type FieldValue = string | string[] | undefined;

export interface ResponseHeaders {
  readonly 'content-type'?: FieldValue;
  readonly 'content-encoding'?: FieldValue;
}

type Decode = (bytes: Buffer, limit: { maxOutputLength: number }) => Promise<Buffer>;

const inflateZlib = promisify(inflate);
const inflateBare = promisify(inflateRaw);

/** Decodes zlib's format (RFC 9110, section 8.4.1.2), and raw deflate, which some servers send. */
const decodeDeflate: Decode = (bytes, limit) =>
  ((bytes[0] ?? 0) & 0x0f) === 8 ? inflateZlib(bytes, limit) : inflateBare(bytes, limit);

/** Decoders by content coding (RFC 9110, section 8.4.1), aliases included. */
const DECODERS: ReadonlyMap<string, Decode> = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['br', promisify(brotliDecompress)],
  ['deflate', decodeDeflate],
]);

/** The supported codings, as `Accept-Encoding` lists them. */
export const ACCEPT_ENCODING = 'gzip, br, deflate';

/** The limit of codings that are applied one after the other. */
const MAX_CODINGS = 3;

/** The number of a subgraph's characters that a message quotes. */
const MAX_QUOTED = 40;

const quoted = (text: string) => JSON.stringify(text.slice(0, MAX_QUOTED));

export const responseTooLong = (maxBytes: number) =>
  new UnusableResponse(`returned a response of more than ${maxBytes} bytes`);

/**
 * Decodes a response body by its headers; synchronous for UTF-8 without a content coding, as nearly all are.
 *
 * @param maxBytes limit of the decoded size
 * @throws UnusableResponse, or the promise rejects with it
 */
export function decodeText(bytes: Buffer, fields: ResponseHeaders, maxBytes: number): string | Promise<string> {
  const encoding = fields['content-encoding'];
  const toText = textDecoderOf(fields['content-type']);
  if (encoding === undefined || bytes.length === 0) return toText(bytes);
  return decode(bytes, String(encoding), maxBytes).then(toText);
}

/** Decodes the codings in reverse order. */
async function decode(encoded: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  const codings = encoding
    .toLowerCase()
    .split(',', MAX_CODINGS + 1)
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > MAX_CODINGS)
    throw new UnusableResponse(`returned a response with more than ${MAX_CODINGS} content codings`);
  let bytes = encoded;
  for (const coding of codings.reverse()) {
    const decoder = DECODERS.get(coding);
    if (decoder === undefined) {
      throw new UnusableResponse(
        `returned a response with the content coding ${quoted(coding)}; supported are ${ACCEPT_ENCODING}`,
      );
    }
    bytes = await decoder(bytes, { maxOutputLength: maxBytes }).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ERR_BUFFER_TOO_LARGE') throw responseTooLong(maxBytes);
      throw new UnusableResponse(`returned a response that cannot be decoded as ${coding}`, { cause });
    });
  }
  return bytes;
}

type ToText = (bytes: Buffer) => string;

const BOM = '\ufeff';

/** Decodes UTF-8, the encoding of JSON (RFC 8259, section 8.1), and skips a byte order mark. */
const utf8: ToText = (bytes) => {
  const text = bytes.toString();
  return text.startsWith(BOM) ? text.slice(1) : text;
};

/** The limit of cached values of `content-type`: subgraphs repeat a few short ones. */
const MAX_CACHED_CHARACTERS = 256;
const textDecoders = new LRUCache<string, ToText>({ max: 100 });

function textDecoderOf(value: FieldValue): ToText {
  if (value === undefined) return utf8;
  const contentType = typeof value === 'string' ? value : (value[0] ?? '');
  const existing = textDecoders.get(contentType);
  if (existing !== undefined) return existing;
  const made = compileTextDecoder(contentType);
  if (contentType.length <= MAX_CACHED_CHARACTERS) textDecoders.set(contentType, made);
  return made;
}

function compileTextDecoder(contentType: string): ToText {
  const charset = charsetOf(contentType);
  if (charset === undefined) return utf8;
  try {
    const decoder = new TextDecoder(charset);
    return decoder.encoding === 'utf-8' ? utf8 : (bytes) => decoder.decode(bytes);
  } catch {
    return () => {
      throw new UnusableResponse(`returned a response in the charset ${quoted(charset)}, which is not supported`);
    };
  }
}

/** Returns the charset of a media type; undefined for a value that is none. */
function charsetOf(contentType: string): string | undefined {
  try {
    return new MIMEType(contentType).params.get('charset') ?? undefined;
  } catch {
    return undefined;
  }
}
