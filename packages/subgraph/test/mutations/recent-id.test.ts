import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isRecentId } from '../../src/mutations/recent-id.ts';

/** The example of RFC 9562, appendix A.6, made on 22 February 2022 at 19:22:22 GMT. */
const EXAMPLE = '017F22E2-79B0-7CC3-98C4-DC0C0C07398F';
const made = Date.UTC(2022, 1, 22, 19, 22, 22);

it('distinguishes a UUIDv7 of these seconds from older ones and from other ids', () => {
  const at = (ms: number, id = EXAMPLE) => isRecentId(id, new Date(made + ms), 10_000);
  assert.deepEqual([at(0), at(10_000), at(-10_000), at(10_001), at(-10_001)], [true, true, true, false, false]);
  assert.equal(at(0, EXAMPLE.toLowerCase()), true);
  for (const id of ['603', '', `${EXAMPLE}0`, EXAMPLE.replace('-7', '-4'), EXAMPLE.replace('-9', '-7')]) {
    assert.equal(at(0, id), false, id);
  }
});
