import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { OBSERVATION_TOPICS, type ObservationTopic } from '../src/generated/topics.ts';
import { deadLetterTopic } from '../src/topic.ts';
import { changeChannels, changeOperations } from './change-channels.ts';
import { cloudEventHeaders, kafkaChannel, kafkaMessage, text } from './channel-parts.ts';
import { componentSchemas } from './component-schemas.ts';
import { readSchema } from './schemas.ts';

const HEADER = '# Generated from schemas/ and src/change-topics.ts by `npm run generate`; do not edit.\n';

/** Returns the AsyncAPI 3.0 document of every topic, as YAML text. */
export function generateAsyncApi(): string {
  return HEADER + stringify(asyncApi(), { lineWidth: 120, aliasDuplicateObjects: false });
}

function asyncApi() {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Marquee events',
      version,
      license: { name: 'MIT' },
      description:
        'Observations that ingest publishes, and changes that subgraphs publish. CloudEvents 1.0 over Kafka in binary mode: attributes are headers, ' +
        'the value is JSON; a tombstone (null value) has headers like any other event. ' +
        'An observation is keyed by the id of its entity. A subgraph ignores one that is older (ce_time) than the last that it applied to the entity. ' +
        'A change is keyed by kind and id of the entity. A follower ignores one of an older version (ce_entityversion) than its own. ' +
        'Every event may be delivered more than once.',
    },
    defaultContentType: 'application/json',
    servers: {
      kafka: { host: 'localhost:9092', protocol: 'kafka', description: 'The broker that KAFKA_BROKERS names.' },
    },
    channels: Object.fromEntries([
      ...OBSERVATION_TOPICS.map((topic) => [topic.part, observationChannel(topic)]),
      ...OBSERVATION_TOPICS.map(({ consumer }) => [`${consumer}-dead-letters`, deadLetterChannel(consumer)]),
      ...changeChannels(),
    ]),
    operations: Object.fromEntries([
      ...OBSERVATION_TOPICS.flatMap(({ part, consumer }) => {
        const messages = (channel: string, names: string[]) =>
          names.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` }));
        const channel = { $ref: `#/channels/${part}` };
        const deadLetters = `${consumer}-dead-letters`;
        return [
          [
            `ingest-sends-${part}`,
            {
              action: 'send',
              summary: `ingest publishes ${part}.`,
              tags: [{ name: 'ingest' }],
              channel,
              messages: messages(part, ['observed', 'deleted']),
            },
          ],
          [
            `${consumer}-receives-${part}`,
            {
              action: 'receive',
              summary: `The ${consumer} subgraph applies ${part}.`,
              tags: [{ name: consumer }],
              channel,
              messages: messages(part, ['observed', 'deleted']),
            },
          ],
          [
            `${consumer}-sends-${deadLetters}`,
            {
              action: 'send',
              summary: `The ${consumer} subgraph publishes records that it cannot read.`,
              tags: [{ name: consumer }],
              channel: { $ref: `#/channels/${deadLetters}` },
              messages: messages(deadLetters, ['deadLetter', 'dealtWith']),
            },
          ],
        ];
      }),
      ...changeOperations(),
    ]),
    components: { schemas: componentSchemas() },
  };
}

function observationChannel(topic: ObservationTopic) {
  const { title, description } = readSchema(topic.dataSchema.slice(topic.dataSchema.lastIndexOf('/') + 1));
  const key = { $ref: `#/components/schemas/${topic.entity}Id` };
  return {
    address: topic.name,
    description,
    bindings: { kafka: kafkaChannel(topic) },
    messages: {
      observed: {
        name: topic.observedType,
        title: `${title} observed`,
        summary: description,
        contentType: 'application/json',
        headers: observationHeaders(topic, topic.observedType),
        payload: { $ref: `#/components/schemas/${title}` },
        bindings: kafkaMessage(key),
      },
      deleted: {
        name: topic.deletedType,
        title: `${title} deleted`,
        summary: `A tombstone: TMDb no longer has the ${topic.entity.toLowerCase()}.`,
        contentType: 'application/json',
        headers: observationHeaders(topic, topic.deletedType),
        payload: { type: 'null', description: 'A null value, after which compaction removes the key.' },
        bindings: kafkaMessage(key),
      },
    },
  };
}

const DEAD_LETTER_KEY = { type: 'string', description: 'Position of the record: topic/partition/offset.' };

function deadLetterChannel(subgraph: string) {
  const topic = deadLetterTopic(subgraph);
  return {
    address: topic.name,
    description: `Records that the ${subgraph} subgraph cannot read, with their original bytes.`,
    bindings: { kafka: kafkaChannel(topic) },
    messages: {
      deadLetter: {
        name: 'deadLetter',
        title: 'Dead letter',
        summary: 'A record that is not a valid event: its original bytes and headers, and the reason.',
        contentType: 'application/octet-stream',
        headers: deadLetterHeaders(),
        payload: {
          description:
            'The original value of the record; empty for a null value, for which the header dead-letter-value is null.',
        },
        bindings: kafkaMessage(DEAD_LETTER_KEY),
      },
      dealtWith: {
        name: 'dealtWith',
        title: 'Dead letter dealt with',
        summary: 'A tombstone: the record was published to its topic again, and leaves the list.',
        payload: { type: 'null', description: 'A null value, after which compaction removes the letter.' },
        bindings: kafkaMessage(DEAD_LETTER_KEY),
      },
    },
  };
}

/** Returns the headers that a dead letter adds to the record's own. */
function deadLetterHeaders() {
  const required = {
    'dead-letter-topic': text('Topic of the record.'),
    'dead-letter-partition': text('Partition of the record.'),
    'dead-letter-offset': text('Offset of the record.'),
    'dead-letter-code': text('Code of the reason why it is not a valid event.'),
    'dead-letter-reason': text('Message with the reason why it is not a valid event.'),
  };
  const optional = {
    'dead-letter-key': text('Key of the record, in base64; missing for a null key.'),
    'dead-letter-value': text('Present when the value of the record is null.', { const: 'null' }),
  };
  return { type: 'object', required: Object.keys(required), properties: { ...required, ...optional } };
}

function observationHeaders(topic: ObservationTopic, type: string) {
  return cloudEventHeaders({
    type,
    source: 'Base URL of the TMDb API.',
    subject: `Id of the ${topic.entity.toLowerCase()}; equals the key.`,
    time: 'Time of the request to TMDb: the version of the data.',
    dataSchema: topic.dataSchema,
  });
}
