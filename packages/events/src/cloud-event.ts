/** The headers of a record, as text. */
export type Headers = Readonly<Record<string, string>>;

/** The CloudEvents attributes of every event of Marquee. */
export interface Attributes {
  /** UUIDv7 in events of Marquee. */
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly time: Date;
}

/** The reason why headers are not a valid envelope. */
export interface EnvelopeFault {
  readonly code: 'UNKNOWN_TOPIC' | 'UNKNOWN_TYPE' | 'WRONG_TOPIC' | 'BAD_ENVELOPE';
  readonly reason: string;
}

/** Returns attributes as headers: CloudEvents 1.0, Kafka protocol binding, binary content mode (section 3.2). */
export function toAttributeHeaders(attributes: Attributes, dataSchema: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: attributes.id,
    ce_type: attributes.type,
    ce_source: attributes.source,
    ce_subject: attributes.subject,
    ce_time: attributes.time.toISOString(),
    ce_dataschema: dataSchema,
  };
}

/** Reads the attributes of every event. Ignores other attributes. */
export function fromAttributeHeaders(headers: Headers): Attributes | EnvelopeFault {
  const version = header(headers, 'ce_specversion');
  if (version !== '1.0') return bad(`ce_specversion must be 1.0, not ${quote(version)}`);
  const type = header(headers, 'ce_type');
  if (type === undefined) return bad('ce_type is missing');
  const id = header(headers, 'ce_id');
  if (id === undefined) return bad('ce_id is missing');
  const source = header(headers, 'ce_source');
  if (source === undefined) return bad('ce_source is missing');
  const subject = header(headers, 'ce_subject');
  if (subject === undefined) return bad('ce_subject is missing');
  const text = header(headers, 'ce_time');
  const time = parseTime(text);
  if (time === undefined) return bad(`ce_time must be an RFC 3339 date and time, not ${quote(text)}`);
  return { type, id, source, subject, time };
}

/** Returns the fault of data whose media type is not JSON. */
export function contentTypeFault(headers: Headers): EnvelopeFault | undefined {
  const contentType = header(headers, 'content-type') ?? header(headers, 'ce_datacontenttype');
  if (/^application\/json\s*(?:;|$)/i.test(contentType ?? '')) return undefined;
  return bad(`content-type must be application/json, not ${quote(contentType)}`);
}

/** Returns the text of a header; undefined when it is missing or empty. */
export function header(headers: Headers, name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export const bad = (reason: string): EnvelopeFault => ({ code: 'BAD_ENVELOPE', reason });

/** Shortens text for a message, and escapes its control characters. */
export const quote = (text: string | undefined) =>
  text === undefined ? 'missing' : JSON.stringify(text.slice(0, 100));

// RFC 3339, section 5.6, without leap seconds, which a JavaScript Date cannot represent.
const RFC_3339 = /^(?!0000)\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

function parseTime(text: string | undefined): Date | undefined {
  if (text === undefined || !RFC_3339.test(text)) return undefined;
  const time = new Date(text.toUpperCase());
  // Date turns 30 February into 2 March; the day of the month then differs.
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(time.getTime()) || day.getUTCDate() !== Number(text.slice(8, 10))) return undefined;
  return time;
}
