import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { creditsOf } from '../../src/domain/credit.ts';
import { job, movieOf, part, person } from '../fixtures/credits.ts';

describe('creditsOf', () => {
  it('makes a part of each cast entry and a job of each crew entry', () => {
    const [acted, directed] = creditsOf(
      movieOf('603', {
        cast: [part('6384', { creditId: 'c1', castId: 34, character: 'Neo', order: 4 })],
        crew: [job('9340', { creditId: 'w1', department: 'Directing', job: 'Director' })],
      }),
    );
    assert.deepEqual(acted, {
      movieId: '603',
      key: 'c1',
      kind: 'cast',
      creditId: 'c1',
      castId: 34,
      personId: '6384',
      department: 'Acting',
      job: null,
      character: 'Neo',
      place: 4,
      filmRank: -603,
    });
    assert.deepEqual(directed, {
      movieId: '603',
      key: 'w1',
      kind: 'crew',
      creditId: 'w1',
      castId: null,
      personId: '9340',
      department: 'Directing',
      job: 'Director',
      character: null,
      place: 0,
      filmRank: -603,
    });
  });

  it('numbers the crew as TMDb lists it', () => {
    const jobs = creditsOf(movieOf('1', { crew: ['3', '1', '2'].map((id) => job(id)) }));
    assert.deepEqual(
      jobs.map(({ personId, place }) => [personId, place]),
      [
        ['3', 0],
        ['1', 1],
        ['2', 2],
      ],
    );
  });

  it('loses no credit when ids are missing or repeated, and gives each its own key', () => {
    const twice = person('5');
    const credits = creditsOf({
      movieId: '1',
      cast: [
        part('5', { creditId: 'same', character: 'One', order: 0, person: twice }),
        part('5', { creditId: 'same', character: 'Two', order: 1, person: twice }),
        { ...part('5', { character: 'Three', order: 2, person: twice }), creditId: null },
        { ...part('5', { character: 'Four', order: 3, person: twice }), creditId: null },
      ],
      crew: [
        { creditId: 'same', department: 'Sound', job: 'Foley', person: twice },
        { creditId: null, department: 'Sound', job: 'Mixer', person: twice },
        { creditId: 'same~2', department: 'Sound', job: 'Editor', person: twice },
      ],
    });
    assert.equal(credits.length, 7);
    assert.equal(new Set(credits.map(({ key }) => key)).size, 7);
    assert.deepEqual(
      credits.map(({ creditId }) => creditId),
      ['same', 'same', null, null, 'same', null, 'same~2'],
    );
  });
});
