import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { avatarUrl } from '../../src/domain/avatar-image.ts';

const BASE = 'https://img.example/t/p';

describe('avatarUrl', () => {
  it('joins base, size and path', () => {
    assert.equal(avatarUrl(BASE, 'W45', '/a.png'), 'https://img.example/t/p/w45/a.png');
    assert.equal(avatarUrl(BASE, 'ORIGINAL', '/a.png'), 'https://img.example/t/p/original/a.png');
  });

  it('leaves the address of a picture elsewhere as it is', () => {
    const elsewhere = 'https://secure.gravatar.com/avatar/0123456789abcdef0123456789abcdef.jpg';
    assert.equal(avatarUrl(BASE, 'W185', `/${elsewhere}`), elsewhere);
    assert.equal(avatarUrl(BASE, 'W185', elsewhere), elsewhere);
  });

  it('is null without a picture', () => {
    assert.equal(avatarUrl(BASE, 'W185', null), null);
  });
});
