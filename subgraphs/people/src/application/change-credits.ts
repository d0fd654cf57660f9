import type { NotFound, Outcome, Outdated } from '@marquee/subgraph/mutations/outcome';
import { ACTING, type Credit, type CreditKind, type StoredCredit } from '../domain/credit.ts';
import { creditId } from '../domain/credit-id.ts';
import {
  type CreditEdits,
  type CreditOverride,
  type CreditRef,
  creditRefKey,
  deletedCredit,
  editedCredit,
  reconcile,
} from '../domain/credit-overrides.ts';
import { movieRank } from '../domain/movie-rank.ts';
import type { ChangedCredits, CreditEditor, MovieState } from './credit-writer.ts';
import type { PersonWriter } from './person-writer.ts';

/** The part or the job of a new credit. */
export type NewWork =
  /** Place null: last in the billing. */
  | { readonly kind: 'cast'; readonly character: string | null; readonly place: number | null }
  | { readonly kind: 'crew'; readonly department: string; readonly job: string };

/** A client's change of a credit. Each credit may occur once in a batch. */
export type CreditChange =
  | { readonly kind: 'create'; readonly movieId: string; readonly personId: string; readonly work: NewWork }
  | {
      readonly kind: 'update';
      readonly ref: CreditRef;
      readonly version: number;
      /** The kind of credit to which the fields of `edits` belong. */
      readonly of: CreditKind;
      readonly edits: CreditEdits;
    }
  | { readonly kind: 'delete'; readonly ref: CreditRef; readonly version: number };

/** Overrides that a client releases. */
export interface CreditsRelease {
  readonly movieId: string;
  /** Credits of that movie; null: all of them. */
  readonly keys: readonly string[] | null;
}

/** Refusal of changes; `otherKind`: a part was to be edited as a job, or a job as a part. */
export type CreditRefusal =
  | NotFound
  | Outdated
  | { readonly kind: 'noMovie' | 'noPerson'; readonly index: number; readonly id: string }
  | { readonly kind: 'otherKind'; readonly index: number; readonly is: CreditKind };

/** The written credits in the order of their changes, and the movies whose credits changed. */
export interface CreditsWritten {
  readonly refs: readonly (CreditRef & { readonly deleted: boolean })[];
  readonly movies: readonly ChangedCredits[];
}

/** The greatest place, of 32 bits. */
const LAST_PLACE = 2_147_483_647;

/**
 * Creates, edits and deletes credits, all or none. Edited fields of a credit of TMDb's are overridden; a deleted one stays deleted.
 *
 * @param newKey returns a key for a created credit
 */
export async function changeCredits(
  persons: PersonWriter,
  credits: CreditEditor,
  changes: readonly CreditChange[],
  newKey: () => string,
): Promise<Outcome<CreditsWritten, CreditRefusal>> {
  const created = changes.filter((change) => change.kind === 'create');
  const movieIds = [
    ...new Set(changes.map((change) => (change.kind === 'create' ? change.movieId : change.ref.movieId))),
  ];
  const { overrides } = await credits.lockMovies(movieIds);
  const people = await persons.lockPersons([...new Set(created.map(({ personId }) => personId))]);
  const movies = await credits.movieStates(movieIds);
  const current = await credits.findCredits(
    changes.flatMap((change) => (change.kind === 'create' ? [] : [change.ref])),
  );
  const overridesByRef = new Map(overrides.map((override) => [creditRefKey(override), override]));
  const nextPlace = places(movies);
  const written: Credit[] = [];
  const removed: CreditRef[] = [];
  const kept: CreditOverride[] = [];
  const dropped: CreditRef[] = [];
  const refs: (CreditRef & { deleted: boolean })[] = [];

  for (const [index, change] of changes.entries()) {
    if (change.kind === 'create') {
      const { movieId, personId, work } = change;
      if (movies.get(movieId)?.isKnown !== true) return { refused: { kind: 'noMovie', index, id: movieId } };
      if (people.get(personId)?.person == null) return { refused: { kind: 'noPerson', index, id: personId } };
      const key = newKey();
      const credit = madeCredit({ movieId, key, personId }, work, (kind) => nextPlace(movieId, kind));
      written.push(credit);
      kept.push({ movieId, key, state: 'made', observed: null, edits: credit });
      refs.push({ movieId, key, deleted: false });
      continue;
    }
    const { ref, version } = change;
    const stored = current.get(creditRefKey(ref));
    if (stored === undefined) return { refused: { kind: 'notFound', index, id: creditId(ref) } };
    if (stored.version !== version) {
      return { refused: { kind: 'outdated', index, id: creditId(ref), currentVersion: stored.version } };
    }
    const credit = withoutVersion(stored);
    const before = overridesByRef.get(creditRefKey(ref));
    if (change.kind === 'delete') {
      const override = deletedCredit(credit, before);
      removed.push(ref);
      if (override === null) dropped.push(ref);
      else kept.push(override);
    } else {
      if (stored.kind !== change.of) return { refused: { kind: 'otherKind', index, is: stored.kind } };
      written.push({ ...credit, ...change.edits });
      kept.push(editedCredit(credit, before, change.edits));
    }
    refs.push({ ...ref, deleted: change.kind === 'delete' });
  }
  const changed = await credits.writeCredits(written, removed);
  await credits.saveOverrides(kept, dropped);
  return { done: { refs, movies: changed } };
}

/** Releases edits and deletions of a movie's credits, which get TMDb's latest data at once. Credits that clients created stay. */
export async function releaseCredits(
  persons: PersonWriter,
  credits: CreditEditor,
  { movieId, keys }: CreditsRelease,
): Promise<Outcome<readonly ChangedCredits[], CreditRefusal>> {
  const { overrides } = await credits.lockMovies([movieId]);
  const movie = (await credits.movieStates([movieId])).get(movieId);
  // A movie whose credits are all deleted is not shown.
  const isKnown = movie?.isKnown === true || overrides.some(({ observed }) => observed !== null);
  if (!isKnown) return { refused: { kind: 'noMovie', index: 0, id: movieId } };
  const released = overrides.filter(
    ({ key, state }) => (state === 'edited' || state === 'deleted') && (keys?.includes(key) ?? true),
  );
  const observed = released.map((override) => override.observed).filter((credit) => credit !== null);
  const states = await persons.lockPersons([...new Set(observed.map(({ personId }) => personId))]);
  const missing = new Set([...states].filter(([, { person }]) => person === null).map(([id]) => id));
  const { shown, kept } = reconcile(observed, [], missing);
  const hidden = new Set(kept.map(creditRefKey));
  const changed = await credits.writeCredits(shown, []);
  const dropped = released.filter((override) => !hidden.has(creditRefKey(override)));
  await credits.saveOverrides(kept, dropped);
  return { done: changed };
}

/** Returns a function that returns the next place of a list. */
function places(movies: ReadonlyMap<string, MovieState>): (movieId: string, kind: CreditKind) => number {
  const last = new Map<string, number>();
  return (movieId, kind) => {
    const list = `${kind} ${movieId}`;
    const place = Math.min((last.get(list) ?? movies.get(movieId)?.lastPlace[kind] ?? -1) + 1, LAST_PLACE);
    last.set(list, place);
    return place;
  };
}

function madeCredit(
  { movieId, key, personId }: CreditRef & { readonly personId: string },
  work: NewWork,
  nextPlace: (kind: CreditKind) => number,
): Credit {
  const made = { movieId, key, personId, creditId: null, castId: null, filmRank: movieRank(movieId) };
  if (work.kind === 'crew') {
    const { kind, department, job } = work;
    return { ...made, kind, department, job, character: null, place: nextPlace(kind) };
  }
  const { kind, character, place } = work;
  return { ...made, kind, department: ACTING, job: null, character, place: place ?? nextPlace(kind) };
}

function withoutVersion({ version, ...credit }: StoredCredit): Credit {
  return credit;
}
