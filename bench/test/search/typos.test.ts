import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { figuresOfRecall } from '../../src/search/command.ts';
import { misspell, TYPOS } from '../../src/search/typos.ts';

const WORDS = ['Ghost', 'Aliens', 'Matilda', 'Zzzaz', 'Amadeus', 'Nosferatu'];

describe('mistakes of one letter', () => {
  it('change one letter deterministically', () => {
    const lengths = { missing: -1, swapped: 0, added: 1, wrong: 0 };
    for (const word of WORDS) {
      for (const typo of TYPOS) {
        for (let number = 0; number < 300; number++) {
          const typed = misspell(word, typo, number);
          assert.notEqual(typed, word, `${typo} ${number}`);
          assert.equal(typed.length, word.length + lengths[typo]);
          assert.equal(typed, misspell(word, typo, number));
          const letters = (text: string) => [...text].toSorted().join('');
          if (typo === 'swapped') assert.equal(letters(typed), letters(word));
          const differing = [...word].filter((letter, place) => letter !== typed.charAt(place)).length;
          if (typo === 'wrong') assert.equal(differing, 1);
        }
      }
    }
  });

  it('are compared with the goals', () => {
    const figures = figuresOfRecall({ letters: 5, typo: 'missing', searches: 200, found: 190, p50: 5, p99: 25 });
    assert.deepEqual(
      figures.map(({ name, value, ratio }) => [name, value, ratio]),
      [
        ['search: 5 letters, one missing: found among the first 10', 0.95, 1],
        ['search: 5 letters, one missing: p50', 5, 0.1],
        ['search: 5 letters, one missing: p99', 25, 0.5],
      ],
    );
  });
});
