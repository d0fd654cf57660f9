import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Parser } from '@asyncapi/parser';
import { generateAsyncApi } from '../../generation/async-api.ts';
import { CHANGE_TOPICS } from '../../src/change-topics.ts';
import { OBSERVATION_TOPICS } from '../../src/generated/topics.ts';
import { ID_FIELDS } from '../../src/topic.ts';

const ERROR = 0;

test('the document is valid AsyncAPI 3.0', async () => {
  const { document, diagnostics } = await new Parser().parse(generateAsyncApi());
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === ERROR),
    [],
  );
  assert.equal(document?.version(), '3.0.0');

  for (const topic of OBSERVATION_TOPICS) {
    const channel = document.channels().get(topic.part);
    assert.equal(channel?.address(), topic.name);
    assert.deepEqual(channel.bindings().get('kafka')?.value(), {
      topic: topic.name,
      partitions: topic.partitions,
      topicConfiguration: { 'cleanup.policy': ['compact'] },
    });
    const observed = channel.messages().get('observed');
    assert.equal(observed?.headers()?.properties()?.ce_type?.const(), topic.observedType);
    assert.ok(Object.hasOwn(observed.payload()?.properties() ?? {}, ID_FIELDS[topic.entity]));
    assert.equal(channel.messages().get('deleted')?.payload()?.type(), 'null');
  }
  for (const topic of CHANGE_TOPICS) {
    const channel = document.channels().get(`${topic.source}-changes`);
    assert.equal(channel?.address(), topic.name);
    const created = channel.messages().get('created');
    const deleted = channel.messages().get('deleted');
    assert.equal(created?.headers()?.properties()?.ce_type?.const(), topic.types.created);
    assert.deepEqual(created?.payload()?.properties()?.entity?.enum(), topic.entities);
    assert.equal(deleted?.payload()?.type(), 'null');
    for (const name of ['ce_entityid', 'ce_entityversion', 'ce_cachetags']) {
      assert.ok(deleted?.headers()?.required()?.includes(name), name);
    }
  }
  assert.deepEqual(
    document
      .operations()
      .all()
      .map((operation) => operation.id()),
    [
      'ingest-sends-movie-credits',
      'people-receives-movie-credits',
      'people-sends-people-dead-letters',
      'ingest-sends-movie-details',
      'movies-receives-movie-details',
      'movies-sends-movies-dead-letters',
      'ingest-sends-movie-media',
      'movies-receives-movie-media',
      'ingest-sends-movie-ratings',
      'ratings-receives-movie-ratings',
      'ratings-sends-ratings-dead-letters',
      'ingest-sends-person-details',
      'people-receives-person-details',
      'movies-sends-movies-changes',
      'people-receives-movies-changes',
      'ratings-receives-movies-changes',
      'people-sends-people-changes',
      'movies-receives-people-changes',
      'ratings-sends-ratings-changes',
      'movies-receives-ratings-changes',
    ],
  );
});

test('the check of the document sees a broken one', async () => {
  const broken = generateAsyncApi().replace('#/components/schemas/MovieDetails', '#/components/schemas/Missing');
  const { diagnostics } = await new Parser().parse(broken);
  assert.ok(diagnostics.some(({ severity, message }) => severity === ERROR && message.includes('Missing')));
});
