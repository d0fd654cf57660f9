import assert from 'node:assert/strict';
import { it } from 'node:test';
import { heatOfOneVote, recentVotes } from '../../src/domain/trend.ts';

const day = (number: number) => new Date(Date.UTC(2026, 0, number));

it('counts a vote half after seven days, and keeps the order of movies as time goes by', () => {
  assert.equal(recentVotes(heatOfOneVote(day(1)), day(1)), 1);
  assert.equal(recentVotes(heatOfOneVote(day(1)), day(8)), 0.5);
  assert.equal(recentVotes(heatOfOneVote(day(1)) + 3, day(15)), 2);
});
