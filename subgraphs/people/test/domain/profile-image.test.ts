import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { profileUrl } from '../../src/domain/profile-image.ts';

describe('profileUrl', () => {
  it('joins base, size and path', () => {
    assert.equal(profileUrl('https://img.example/t/p', 'W45', '/a.jpg'), 'https://img.example/t/p/w45/a.jpg');
    assert.equal(profileUrl('https://img.example/t/p', 'H632', '/a.jpg'), 'https://img.example/t/p/h632/a.jpg');
    assert.equal(profileUrl('https://img.example/t/p', 'ORIGINAL', '/a.jpg'), 'https://img.example/t/p/original/a.jpg');
  });

  it('is null without a portrait', () => {
    assert.equal(profileUrl('https://img.example/t/p', 'W185', null), null);
  });
});
