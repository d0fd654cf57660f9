import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newestOfEachPerson, profileUrl } from '../../src/domain/person.ts';
import { person } from '../fixtures/credits.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));

describe('newestOfEachPerson', () => {
  it('keeps the newest observation, whatever the order in which they come', () => {
    const older = { person: person('7', { name: 'Older' }), observedAt: at(1) };
    const newer = { person: person('7', { name: 'Newer' }), observedAt: at(2) };
    assert.deepEqual(newestOfEachPerson([older, newer]), [newer]);
    assert.deepEqual(newestOfEachPerson([newer, older]), [newer]);
  });

  it('keeps the first of two observations of one moment', () => {
    const first = { person: person('7', { name: 'First' }), observedAt: at(1) };
    const second = { person: person('7', { name: 'Second' }), observedAt: at(1) };
    assert.deepEqual(newestOfEachPerson([first, second]), [first]);
  });

  it('orders by id, so that every consumer locks persons in the same order', () => {
    const observations = ['9', '10', 'B', 'a', '1'].map((id) => ({ person: person(id), observedAt: at(1) }));
    const ids = newestOfEachPerson(observations).map((observation) => observation.person.id);
    assert.deepEqual(ids, ['1', '10', '9', 'B', 'a']);
  });
});

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
