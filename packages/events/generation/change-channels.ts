import { CHANGE_TOPICS, type ChangeKind, type ChangeTopic } from '../src/change-topics.ts';
import { cloudEventHeaders, kafkaChannel, kafkaMessage, text } from './channel-parts.ts';
import { readSchema } from './schemas.ts';

const KINDS = ['created', 'updated', 'deleted'] as const;
const KEY = text('Kind and id of the entity, with a colon between: Movie:603.');

const idOf = ({ source }: ChangeTopic) => `${source}-changes`;

/** Returns the channels of the change topics, by id. */
export function changeChannels(): [string, object][] {
  return CHANGE_TOPICS.map((topic: ChangeTopic) => {
    const { title, description } = readSchema(`${idOf(topic)}.v1.json`);
    const messages = KINDS.map((kind) => [kind, changeMessage(topic, kind, title)]);
    return [
      idOf(topic),
      {
        address: topic.name,
        description,
        bindings: { kafka: kafkaChannel(topic) },
        messages: Object.fromEntries(messages),
      },
    ];
  });
}

function changeMessage(topic: ChangeTopic, kind: ChangeKind, title: string) {
  return {
    name: topic.types[kind],
    title: `${title}: ${kind}`,
    summary:
      kind === 'deleted' ? 'A tombstone: the entity was deleted. Its headers have all data.' : `An entity was ${kind}.`,
    contentType: 'application/json',
    headers: cloudEventHeaders(
      {
        type: topic.types[kind],
        source: 'The subgraph of the entity.',
        subject: 'Kind and id of the entity; equals the key.',
        time: 'Time of the change.',
        dataSchema: topic.dataSchema,
      },
      {
        ce_entityid: text('Id of the entity.'),
        ce_entityversion: text(
          'Version of the entity, a whole number: of two changes, the one with the greater is later.',
        ),
        ce_cachetags: text('Cache tags of every response that may have become stale: a JSON array of strings.'),
      },
    ),
    payload:
      kind === 'deleted'
        ? { type: 'null', description: 'A null value, after which compaction removes the key.' }
        : { $ref: `#/components/schemas/${title}` },
    bindings: kafkaMessage(KEY),
  };
}

/** Returns the send and receive operations of change topics, by id. */
export function changeOperations(): [string, object][] {
  return CHANGE_TOPICS.flatMap((topic: ChangeTopic): [string, object][] => {
    const id = idOf(topic);
    const operation = (action: string, subgraph: string, summary: string) => ({
      action,
      summary,
      tags: [{ name: subgraph }],
      channel: { $ref: `#/channels/${id}` },
      messages: KINDS.map((kind) => ({ $ref: `#/channels/${id}/messages/${kind}` })),
    });
    return [
      [
        `${topic.source}-sends-${id}`,
        operation('send', topic.source, `The ${topic.source} subgraph publishes changes of its entities.`),
      ],
      ...topic.followers.map((follower): [string, object] => [
        `${follower}-receives-${id}`,
        operation('receive', follower, `The ${follower} subgraph follows the changes of ${topic.source}.`),
      ]),
    ];
  });
}
