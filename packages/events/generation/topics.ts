import { ID_FIELDS, type ObservedEntity } from '../src/topic.ts';
import { observationSchemaFiles, partOf, readSchema } from './schemas.ts';

const BANNER = '/* Generated from schemas/ by `npm run generate`; do not edit. */\n\n';

/** Returns the topics that ingest publishes to, with the types and the schemas of their data: path below `src/generated` -> text. */
export function generateTopics(): ReadonlyMap<string, string> {
  const parts = observationSchemaFiles().map((file) => {
    const { title, description, 'x-entity': entity, 'x-consumer': consumer } = readSchema(file);
    if (!isEntity(entity)) throw new Error(`schemas/${file}: x-entity must be one of ${Object.keys(ID_FIELDS)}`);
    if (typeof consumer !== 'string')
      throw new Error(`schemas/${file}: x-consumer must name the subgraph that consumes it`);
    const part = partOf(file);
    return { file, part, title, description, entity, consumer, constant: part.replaceAll(/[-.]/g, '_').toUpperCase() };
  });
  const topics = [
    "import { observationTopic, type TopicOfPart } from '../topic.ts';",
    ...parts.map(({ part, title }) => `import type { ${title} } from './${part}.ts';`),
    '',
    '/** The data of each kind of event. */',
    'export interface EventData {',
    ...parts.map(({ part, title }) => `  '${part}': ${title};`),
    '}',
    '',
    '/** A kind of event, and the part of an entity that its data holds. */',
    'export type EventPart = keyof EventData;',
    '',
    '/** The topic of a part, or of any. */',
    'export type ObservationTopic<Part extends EventPart = EventPart> = TopicOfPart<Part>;',
    ...parts.flatMap(({ part, entity, consumer, constant, description }) => [
      '',
      `/** ${description} */`,
      `export const ${constant} = observationTopic('${part}', '${entity}', '${consumer}');`,
    ]),
    '',
    '/** Every topic that ingest publishes to. */',
    `export const OBSERVATION_TOPICS = [${parts.map(({ constant }) => constant).join(', ')}] as const;`,
    '',
  ];
  const schemas = [
    ...parts.map(({ file, title }) => `import ${title} from '../../schemas/${file}' with { type: 'json' };`),
    '',
    '/** The JSON Schema of the data of each kind of event. */',
    `export const EVENT_SCHEMAS = { ${parts.map(({ part, title }) => `'${part}': ${title}`).join(', ')} } as const;`,
    '',
  ];
  return new Map([
    ['topics.ts', BANNER + topics.join('\n')],
    ['event-schemas.ts', BANNER + schemas.join('\n')],
  ]);
}

const isEntity = (name: unknown): name is ObservedEntity => typeof name === 'string' && Object.hasOwn(ID_FIELDS, name);
