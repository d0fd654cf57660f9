import { MIMEType, promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { LRUCache } from 'lru-cache';

/** An answer came, and cannot be used. The message is for clients: it tells nothing of the subgraph but what it sent. */
export class UnusableAnswer extends Error {}

/** A field's value; several lines of one field are one list (RFC 9110, section 5.3). */
type FieldValue = string | string[] | undefined;

export interface AnswerFields {
  readonly 'content-type'?: FieldValue;
  readonly 'content-encoding'?: FieldValue;
}

type Decode = (bytes: Buffer, limit: { maxOutputLength: number }) => Promise<Buffer>;

const inflateZlib = promisify(inflate);
const inflateBare = promisify(inflateRaw);

/** RFC 9110, section 8.4.1.2: zlib's format, and without its header, as some servers send it. */
const decodeDeflate: Decode = (bytes, limit) =>
  ((bytes[0] ?? 0) & 0x0f) === 8 ? inflateZlib(bytes, limit) : inflateBare(bytes, limit);

/** By content coding (RFC 9110, section 8.4.1), with the names that recipients take for equal. */
const DECODERS: ReadonlyMap<string, Decode> = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['br', promisify(brotliDecompress)],
  ['deflate', decodeDeflate],
]);

/** The codings that answers may have, as `Accept-Encoding` announces them. */
export const ACCEPT_ENCODING = 'gzip, br, deflate';

/** Codings applied one after the other. */
const MAX_CODINGS = 3;

/** Characters of a subgraph's that a message repeats. */
const MAX_QUOTED = 40;

const quoted = (text: string) => JSON.stringify(text.slice(0, MAX_QUOTED));

export const tooLong = (maxBytes: number) => new UnusableAnswer(`gave an answer of more than ${maxBytes} bytes`);

/**
 * The text of an answer's content, decoded as its fields say; at once where it is UTF-8 without a coding, as nearly all are.
 *
 * @param maxBytes that it may decode to
 * @throws UnusableAnswer, or the promise rejects with it
 */
export function textOf(bytes: Buffer, fields: AnswerFields, maxBytes: number): string | Promise<string> {
  const encoding = fields['content-encoding'];
  const toText = textDecoderOf(fields['content-type']);
  if (encoding === undefined || bytes.length === 0) return toText(bytes);
  return decode(bytes, String(encoding), maxBytes).then(toText);
}

/** Codings are undone in the reverse of the order in which they are listed. */
async function decode(encoded: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  const codings = encoding
    .toLowerCase()
    .split(',', MAX_CODINGS + 1)
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > MAX_CODINGS) throw new UnusableAnswer(`gave an answer of more than ${MAX_CODINGS} codings`);
  let bytes = encoded;
  for (const coding of codings.reverse()) {
    const decoder = DECODERS.get(coding);
    if (decoder === undefined) {
      throw new UnusableAnswer(
        `gave an answer with the content coding ${quoted(coding)}, and ${ACCEPT_ENCODING} are supported`,
      );
    }
    bytes = await decoder(bytes, { maxOutputLength: maxBytes }).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ERR_BUFFER_TOO_LARGE') throw tooLong(maxBytes);
      throw new UnusableAnswer(`gave an answer that cannot be decoded as ${coding}`, { cause });
    });
  }
  return bytes;
}

type ToText = (bytes: Buffer) => string;

const BOM = '\ufeff';

/** JSON is UTF-8 (RFC 8259, section 8.1); a byte order mark before it may be ignored. */
const utf8: ToText = (bytes) => {
  const text = bytes.toString();
  return text.startsWith(BOM) ? text.slice(1) : text;
};

/** Subgraphs send few values over and over; a longer one is parsed each time. */
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
      throw new UnusableAnswer(`gave an answer in the charset ${quoted(charset)}, which is not supported`);
    };
  }
}

/** A value that is no media type names no charset. */
function charsetOf(contentType: string): string | undefined {
  try {
    return new MIMEType(contentType).params.get('charset') ?? undefined;
  } catch {
    return undefined;
  }
}
