import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeNodeId, encodeNodeId } from '../src/node-id.ts';

describe('encodeNodeId', () => {
  test('is base64url of type and id', () => {
    assert.equal(encodeNodeId('Movie', '603'), 'TW92aWU6NjAz');
    assert.equal(encodeNodeId('Genre', 28), encodeNodeId('Genre', '28'));
  });

  test('differs for equal ids of different types', () => {
    assert.notEqual(encodeNodeId('Movie', '603'), encodeNodeId('Person', '603'));
  });
});

describe('decodeNodeId', () => {
  for (const id of ['603', '0199f6f6-7a3c-7c0e-8d6f-2f6d1f0a9b11', 'a:b', ' ', 'é\n漢字🎬', '?>~'.repeat(20)]) {
    test(`returns the type and the id ${JSON.stringify(id)}`, () => {
      const nodeId = encodeNodeId('Movie', id);
      assert.match(nodeId, /^[\w-]+$/);
      assert.deepEqual(decodeNodeId(nodeId), { type: 'Movie', id });
    });
  }

  const text = (decoded: string) => Buffer.from(decoded).toString('base64url');
  const malformed: Readonly<Record<string, string>> = {
    'an empty text': '',
    'a plain id': '603',
    'no colon': text('Movie603'),
    'no type': text(':603'),
    'no id': text('Movie:'),
    'a type that is no name': text('6 Movies:603'),
    padding: `${text('Movie:6')}=`,
    'characters outside of base64url': 'TW92aWU6NjAz\n',
    'the alphabet of base64': Buffer.from('Movie:?>~').toString('base64'),
    'bits after the last byte': 'TW92aWU6NjB',
    'text that is not UTF-8': Buffer.from('Movie:\xff', 'latin1').toString('base64url'),
    'U+0000': text('Movie:6\0'),
    'more than 1,024 characters': encodeNodeId('Movie', '6'.repeat(1_024)),
  };
  for (const [name, nodeId] of Object.entries(malformed)) {
    test(`returns null for ${name}`, () => assert.equal(decodeNodeId(nodeId), null));
  }
});
