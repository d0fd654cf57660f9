import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Person } from '../../src/domain/person.ts';
import {
  afterDeletion,
  afterEdit,
  afterObservation,
  afterRelease,
  isShownAlike,
  type PersonOverride,
  type PersonState,
} from '../../src/domain/person-overrides.ts';

const at = (seconds: number) => new Date(seconds * 1_000);

const KEANU: Person = {
  id: '6384',
  tmdbId: 6384,
  name: 'Keanu Reeves',
  originalName: null,
  gender: 'MALE',
  knownForDepartment: 'Acting',
  profilePath: '/keanu.jpg',
  popularity: 50,
  adult: false,
};

const override = (changes: Partial<PersonOverride> = {}): PersonOverride => ({
  personId: '6384',
  observed: KEANU,
  observedAt: at(1),
  edited: { name: at(2).toISOString() },
  deleted: false,
  ...changes,
});

const state = (changes: Partial<PersonState> = {}): PersonState => ({
  person: { ...KEANU, name: 'Mine' },
  observedAt: at(1),
  override: override(),
  version: 2,
  ...changes,
});

describe('an observation of a person whom clients touched', () => {
  const observed = { ...KEANU, name: 'TMDb’s', popularity: 60 };

  it('gives way in edited fields, and TMDb’s values are stored', () => {
    assert.deepEqual(afterObservation({ person: observed, observedAt: at(3) }, state(), override()), {
      person: { ...observed, name: 'Mine' },
      override: override({ observed, observedAt: at(3) }),
    });
  });

  it('that is not newer than the last one changes nothing', () => {
    for (const time of [0, 1]) {
      const before = override();
      const result = afterObservation({ person: observed, observedAt: at(time) }, state(), before);
      assert.equal(result.person, null);
      assert.equal(result.override, before);
    }
    const newerOverride = override({ observedAt: at(5) });
    const between = afterObservation({ person: observed, observedAt: at(3) }, state(), newerOverride);
    assert.deepEqual(between, { person: { ...observed, name: 'Mine' }, override: newerOverride });
  });

  it('leaves a person deleted whom a client deleted', () => {
    const deleted = override({ edited: {}, deleted: true });
    const gone = state({ person: null, observedAt: null, override: deleted });
    assert.deepEqual(afterObservation({ person: observed, observedAt: at(3) }, gone, deleted), {
      person: null,
      override: { ...deleted, observed, observedAt: at(3) },
    });
  });

  it('stores the fields of a person alone', () => {
    const person = { ...observed, creditId: 'more than a person has' };
    const result = afterObservation({ person, observedAt: at(3) }, state(), override());
    assert.deepEqual(result.override.observed, observed);
    assert.deepEqual(result.person, { ...observed, name: 'Mine' });
  });
});

it('persons are shown alike when every field is the same', () => {
  assert.ok(isShownAlike(KEANU, { ...KEANU }));
  assert.ok(!isShownAlike(KEANU, { ...KEANU, tmdbId: null }));
  assert.ok(!isShownAlike(KEANU, { ...KEANU, popularity: 51 }));
});

describe('a client’s change of a person', () => {
  it('makes the edited fields the client’s, of a person of TMDb’s alone', () => {
    const first = afterEdit(KEANU, state({ person: KEANU, override: null }), ['name'], at(2));
    assert.deepEqual(first, override());
    const second = afterEdit(KEANU, state(), ['gender'], at(4));
    assert.deepEqual(second?.edited, { name: at(2).toISOString(), gender: at(4).toISOString() });
    assert.equal(afterEdit(KEANU, state({ observedAt: null, override: null }), ['name'], at(2)), null);
  });

  it('that deletes the person ends the edits', () => {
    assert.deepEqual(afterDeletion(KEANU, state()), override({ edited: {}, deleted: true }));
    assert.equal(afterDeletion(KEANU, state({ observedAt: null, override: null })), null);
  });

  it('that releases fields gives them TMDb’s values, and leaves other edits', () => {
    const edited = { name: at(2).toISOString(), gender: at(2).toISOString() };
    const shown = { ...KEANU, name: 'Mine', gender: null };
    assert.deepEqual(afterRelease(shown, override({ edited }), ['name', 'adult']), {
      person: { ...shown, name: 'Keanu Reeves' },
      override: override({ edited: { gender: edited.gender } }),
    });
    assert.deepEqual(afterRelease(shown, override({ edited }), null), { person: KEANU, override: null });
    const before = override();
    assert.equal(afterRelease(shown, before, ['gender']).override, before);
    assert.deepEqual(afterRelease(null, override({ deleted: true }), null), { person: KEANU, override: null });
  });
});
