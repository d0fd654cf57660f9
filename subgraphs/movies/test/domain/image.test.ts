import assert from 'node:assert/strict';
import { it } from 'node:test';
import { imageUrl } from '../../src/domain/image.ts';

it('builds the address of an image from base, size and path', () => {
  assert.equal(imageUrl('https://image.tmdb.org/t/p', 'W500', '/a.jpg'), 'https://image.tmdb.org/t/p/w500/a.jpg');
  assert.equal(
    imageUrl('http://localhost:4010/t/p/', 'ORIGINAL', '/a.jpg'),
    'http://localhost:4010/t/p/original/a.jpg',
  );
});

it('has no address without an image', () => {
  assert.equal(imageUrl('https://image.tmdb.org/t/p', 'W45', null), null);
});
