import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { selectList } from '../src/select-list.ts';

interface Comet {
  readonly id: string;
  readonly foundAt: Date;
  readonly orbit: number | null;
  readonly tail?: string;
}

describe('a select list', () => {
  it('names each expression by its property', () => {
    const list = selectList<Comet>({ id: 'c.id', foundAt: 'c.found_at', orbit: 'c.a / c.b', tail: 'null' });
    assert.equal(list, 'c.id as "id", c.found_at as "foundAt", c.a / c.b as "orbit", null as "tail"');
  });

  it('has all properties of the row: it does not compile without one, or with another', () => {
    // @ts-expect-error `foundAt` is missing
    selectList<Comet>({ id: 'c.id', orbit: 'c.orbit', tail: 'c.tail' });
    // @ts-expect-error a property that may be absent is missing
    selectList<Comet>({ id: 'c.id', foundAt: 'c.found_at', orbit: 'c.orbit' });
    // @ts-expect-error comets have no mass
    selectList<Comet>({ id: 'c.id', foundAt: 'c.found_at', orbit: 'c.orbit', tail: 'c.tail', mass: 'c.mass' });
  });
});
