import { MarqueeError } from '@marquee/runtime/errors';
import {
  CHANGE_TOPICS,
  type ChangeData,
  type ChangedEntity,
  type ChangeKind,
  type ChangeSource,
  type ChangeTopic,
} from './change-topics.ts';
import {
  contentTypeFault,
  fromAttributeHeaders,
  type Headers,
  header,
  quote,
  toAttributeHeaders,
} from './cloud-event.ts';
import type { DecodeFaultCode } from './codec.ts';
import { CHANGE_HEADERS, consumedInvalidity, producedInvalidity } from './data.ts';
import { parseJson } from './json.ts';

/** Facts of a change that its source adds; none for most sources. */
export type ChangeFacts<Source extends ChangeSource> = {
  [S in Source]: Omit<ChangeData[S], 'entity' | 'id' | 'version' | 'change' | 'tags'>;
}[Source];

/** A change of an entity. */
export interface EntityChange<Source extends ChangeSource = ChangeSource> {
  /** CloudEvents `id`, the same each time that this change is published, so that a consumer can recognise a repetition. */
  readonly eventId: string;
  readonly occurredAt: Date;
  readonly entity: ChangedEntity<Source>;
  readonly entityId: string;
  /** Increases by one with each change of the entity, also when a deleted entity is created again. */
  readonly version: number;
  /** Cache tags of every response that may have become stale. */
  readonly tags: readonly string[];
  readonly change: ChangeKind;
  /** Null for a deletion. */
  readonly facts: ChangeFacts<Source> | null;
}

export type DecodedChange =
  | { readonly ok: true; readonly topic: ChangeTopic; readonly change: EntityChange }
  | { readonly ok: false; readonly code: DecodeFaultCode; readonly reason: string };

const topicsByName: ReadonlyMap<string, ChangeTopic> = new Map(CHANGE_TOPICS.map((topic) => [topic.name, topic]));
const kinds = ['created', 'updated', 'deleted'] as const;
const types: ReadonlyMap<string, { topic: ChangeTopic; kind: ChangeKind }> = new Map(
  CHANGE_TOPICS.flatMap((topic: ChangeTopic) => kinds.map((kind) => [topic.types[kind], { topic, kind }] as const)),
);

/** Returns the key and CloudEvents subject of the records of an entity. */
export function entityKey(entity: string, id: string): string {
  return `${entity}:${id}`;
}

/**
 * Returns the record of a change; a deletion is a tombstone. The headers have the entity and the stale cache tags (`ce_entityid`,
 * `ce_entityversion` and `ce_cachetags`, a JSON array; CloudEvents extension attributes), so a cache need not read values.
 *
 * @throws MarqueeError `INVALID_EVENT` for a record that consumers would reject, with the fault
 */
export function encodeChange<Source extends ChangeSource>(
  topic: ChangeTopic<Source>,
  change: EntityChange<Source>,
): { key: Buffer; value: Buffer | null; headers: Record<string, string> } {
  const { entity, entityId, version, tags } = change;
  const data = { entity, id: entityId, version, change: change.change, tags, ...change.facts };
  const json = checkChange(topic, data);
  if (change.eventId === '') throw invalidChange(topic, data, 'the event must have an id');
  if (Number.isNaN(change.occurredAt.getTime())) {
    throw invalidChange(topic, data, 'occurredAt must be a date and time');
  }
  const subject = entityKey(entity, entityId);
  const type = topic.types[change.change];
  const attributes = { id: change.eventId, type, source: sourceOf(topic), subject, time: change.occurredAt };
  return {
    key: Buffer.from(subject),
    value: change.change === 'deleted' ? null : Buffer.from(json),
    headers: {
      ...toAttributeHeaders(attributes, topic.dataSchema),
      ce_entityid: entityId,
      ce_entityversion: String(version),
      ce_cachetags: JSON.stringify(tags),
    },
  };
}

/** The content of a change's value. */
interface ChangeContent {
  readonly entity: string;
  readonly id: string;
  readonly version: number;
  readonly change: ChangeKind;
  readonly tags: readonly string[];
}

/**
 * Returns a change with its facts as JSON text.
 *
 * @throws MarqueeError `INVALID_EVENT` for a change that followers would reject, with the fault
 */
export function checkChange(topic: ChangeTopic, content: ChangeContent): string {
  const { entity, id, version, change, tags } = content;
  const json = JSON.stringify(content);
  const reason =
    change === 'deleted'
      ? producedInvalidity(CHANGE_HEADERS, { id, version, tags }, json)
      : producedInvalidity(topic.dataSchema, content, json);
  if (reason !== undefined) throw invalidChange(topic, content, reason);
  if (topic.entities.some((name) => name === entity)) return json;
  throw invalidChange(topic, content, `/entity must be one of ${topic.entities.join(', ')}`);
}

function invalidChange(topic: ChangeTopic, { entity, id }: ChangeContent, reason: string): MarqueeError {
  const what = `${topic.name}, ${JSON.stringify(entityKey(entity, id))}`;
  return new MarqueeError('INVALID_EVENT', `This is no change for ${what}: ${reason}`);
}

/** Reads a record of one of the change topics. Never throws, whatever the bytes. */
export function decodeChange(record: {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
}): DecodedChange {
  const { headers } = record;
  const topic = topicsByName.get(record.topic);
  if (topic === undefined) return fault('UNKNOWN_TOPIC', `no change belongs on the topic ${quote(record.topic)}`);
  const attributes = fromAttributeHeaders(headers);
  if ('code' in attributes) return { ok: false, ...attributes };
  const eventType = types.get(attributes.type);
  if (eventType === undefined) return fault('UNKNOWN_TYPE', `ce_type ${quote(attributes.type)} is unknown`);
  if (eventType.topic !== topic) {
    return fault(
      'WRONG_TOPIC',
      `ce_type ${quote(attributes.type)} belongs on ${eventType.topic.name}, not on ${topic.name}`,
    );
  }
  const extensions = extensionAttributes(headers);
  if ('reason' in extensions) return fault('BAD_ENVELOPE', extensions.reason);
  const entity = topic.entities.find((name) => attributes.subject === entityKey(name, extensions.id));
  if (entity === undefined) {
    return fault(
      'BAD_ENVELOPE',
      `ce_subject ${quote(attributes.subject)} must be an entity of ${topic.name} and ce_entityid`,
    );
  }
  if (record.key?.equals(Buffer.from(attributes.subject)) !== true) {
    return fault('KEY_MISMATCH', `the record's key must be ${quote(attributes.subject)}, like ce_subject`);
  }
  const facts = factsOf(record, topic, { entity, ...extensions, change: eventType.kind });
  if (facts !== null && 'ok' in facts) return facts;
  const { id: eventId, time: occurredAt } = attributes;
  const { id: entityId, version, tags } = extensions;
  return {
    ok: true,
    topic,
    change: { eventId, occurredAt, entity, entityId, version, tags, change: eventType.kind, facts },
  };
}

/** The CloudEvents extension attributes of a change. */
interface ExtensionAttributes {
  readonly id: string;
  readonly version: number;
  readonly tags: readonly string[];
}

function extensionAttributes(headers: Headers): ExtensionAttributes | { readonly reason: string } {
  const version = header(headers, 'ce_entityversion') ?? '';
  const tags = parseJson(Buffer.from(header(headers, 'ce_cachetags') ?? ''));
  if ('reason' in tags) return { reason: 'ce_cachetags must be a JSON array' };
  const extensions = {
    id: header(headers, 'ce_entityid'),
    version: /^[0-9]{1,16}$/.test(version) ? Number(version) : version,
    tags: tags.data,
  };
  const reason = consumedInvalidity(CHANGE_HEADERS, extensions, JSON.stringify(extensions));
  return reason === undefined
    ? (extensions as ExtensionAttributes)
    : { reason: `the headers of the change are invalid: ${reason}` };
}

type ChangeHeaders = ExtensionAttributes & { readonly entity: string; readonly change: ChangeKind };

/** Returns the facts in the value; null for a tombstone. Rejects a value that differs from the headers. */
function factsOf(
  { value, headers }: { readonly value: Buffer | null; readonly headers: Headers },
  topic: ChangeTopic,
  headerData: ChangeHeaders,
): ChangeFacts<ChangeSource> | null | (DecodedChange & { ok: false }) {
  const type = topic.types[headerData.change];
  if (headerData.change === 'deleted')
    return value === null ? null : fault('UNEXPECTED_DATA', `${type} must come with a null value`);
  if (value === null) return fault('MISSING_DATA', `${type} must come with a value`);
  const wrongType = contentTypeFault(headers);
  if (wrongType !== undefined) return { ok: false, ...wrongType };
  const parsed = parseJson(value);
  if ('reason' in parsed) return fault('NOT_JSON', parsed.reason);
  const reason = consumedInvalidity(topic.dataSchema, parsed.data, parsed.json);
  if (reason !== undefined) return fault('SCHEMA_INVALID', reason);
  const { entity, id, version, change, tags, ...facts } = parsed.data as ChangeData[ChangeSource];
  const agrees =
    entity === headerData.entity &&
    id === headerData.id &&
    version === headerData.version &&
    change === headerData.change;
  if (!agrees || JSON.stringify(tags) !== JSON.stringify(headerData.tags)) {
    return fault('KEY_MISMATCH', 'entity, version, change and tags of the value must be those of the headers');
  }
  return facts as ChangeFacts<ChangeSource>;
}

function fault(code: DecodeFaultCode, reason: string): DecodedChange & { ok: false } {
  return { ok: false, code, reason };
}

/** CloudEvents `source`: a URI reference that is unique to the subgraph. */
const sourceOf = (topic: ChangeTopic) => `/subgraphs/${topic.source}`;
