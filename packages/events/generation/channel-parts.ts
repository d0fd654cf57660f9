import type { EventTopic } from '../src/topic.ts';

/** Returns the Kafka binding of a topic's channel. */
export function kafkaChannel({ name, partitions, compacted }: EventTopic) {
  return {
    topic: name,
    partitions,
    topicConfiguration: { 'cleanup.policy': [compacted ? 'compact' : 'delete'] },
    bindingVersion: '0.5.0',
  };
}

/** Returns the Kafka binding of a message with this key. */
export function kafkaMessage(key: object) {
  return { kafka: { key, bindingVersion: '0.5.0' } };
}

export const text = (description: string, rest: object = {}) => ({ type: 'string', description, ...rest });

/** Descriptions of the CloudEvents attributes of a kind of event. */
export interface AttributeMeanings {
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly time: string;
  readonly dataSchema: string;
}

/** Returns the schema of an event's headers; `extensions` are required too. */
export function cloudEventHeaders(meaning: AttributeMeanings, extensions: Record<string, object> = {}) {
  const properties = {
    'content-type': text('Media type of the value.', { const: 'application/json' }),
    ce_specversion: text('Version of CloudEvents.', { const: '1.0' }),
    ce_id: text('UUIDv7 of the event.', { format: 'uuid' }),
    ce_type: text('Kind of the event.', { const: meaning.type }),
    ce_source: text(meaning.source, { format: 'uri-reference' }),
    ce_subject: text(meaning.subject),
    ce_time: text(meaning.time, { format: 'date-time' }),
    ...extensions,
    ce_dataschema: text('$id of the JSON Schema of the data.', { const: meaning.dataSchema }),
  };
  const { ce_dataschema: _optional, ...required } = properties;
  return { type: 'object', required: Object.keys(required), properties };
}
