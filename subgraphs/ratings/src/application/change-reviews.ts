import type { NotFound, Outcome, Outdated, Written } from '@marquee/subgraph/mutations/outcome';
import { type ShownReview, UNSIGNED } from '../domain/review.ts';
import type { ReviewsChanged } from './apply-ratings.ts';
import { missingMovies, type UserRatingWriter } from './rate-movies.ts';

/** The user who changes reviews. */
export interface Viewer {
  readonly subject: string;
  /** True for a moderator, who may hide the reviews of others and release them. */
  readonly isModerator: boolean;
}

/** Values of a review from its author; an absent one does not change. */
export interface ReviewInput {
  readonly content?: string | undefined;
  readonly rating?: number | null | undefined;
  /** Null: unsigned. */
  readonly author?: string | null | undefined;
}

/** One change of one review. */
export type ReviewChange =
  | { readonly kind: 'create'; readonly movieId: string; readonly input: ReviewInput & { readonly content: string } }
  | { readonly kind: 'update'; readonly id: string; readonly version: number; readonly input: ReviewInput }
  | { readonly kind: 'delete'; readonly id: string; readonly version: number };

/** Refusal of a change; `exists`: the user has reviewed the movie already. */
export type ReviewRefusal =
  | (NotFound & { readonly what: 'movie' | 'review' })
  | Outdated
  | (Omit<Outdated, 'kind'> & { readonly kind: 'exists' })
  | { readonly kind: 'forbidden'; readonly index: number; readonly id: string; readonly why: 'foreign' | 'moderated' };

/** A user's review as it is stored. */
export interface UserReview {
  readonly id: string;
  readonly movieId: string;
  readonly owner: string;
  readonly author: string;
  readonly rating: number | null;
  readonly content: string;
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
}

/** Writes reviews, in a number of statements that does not depend on theirs. */
export interface ReviewWriter extends Pick<UserRatingWriter, 'lockMovies' | 'existingMovies'> {
  /** Returns the movies of these reviews, visible or hidden. */
  moviesOf(ids: readonly string[]): Promise<readonly string[]>;
  /** Locks the reviews until the transaction ends, and returns their versions. */
  lockReviews(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Returns the visible reviews with these ids; several when movies share an id. */
  shown(ids: readonly string[]): Promise<readonly ShownReview[]>;
  /** Returns the user's reviews of these movies; `isModerated` for those that a moderator has hidden. */
  writtenBy(
    subject: string,
    movieIds: readonly string[],
  ): Promise<readonly { readonly id: string; readonly movieId: string; readonly isModerated: boolean }[]>;
  /** Adds or replaces reviews. */
  write(reviews: readonly UserReview[]): Promise<void>;
  /** Removes users' reviews for good. */
  remove(ids: readonly string[]): Promise<void>;
  /** Hides reviews until they are released. */
  hide(ids: readonly string[]): Promise<void>;
  /** Returns those of the reviews that moderators have hidden. */
  hiddenAmong(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Shows hidden reviews again, except those of deleted movies, and returns them. */
  release(ids: readonly string[], deletedMovies: ReadonlySet<string>): Promise<ReviewsChanged['written']>;
}

/** Result of {@link changeReviews}. */
export interface ReviewsDone {
  readonly changed: ReviewsChanged;
  /** In the order of the changes, with the version before the change. */
  readonly done: readonly Written[];
}

/**
 * Changes reviews, all or none. Each review may occur once, and each movie in one creation. Deletions come first: a user who deletes a
 * review of a movie may write another in the same batch.
 *
 * @param newId returns the id of a created review
 */
export async function changeReviews(
  writer: ReviewWriter,
  { subject, isModerator }: Viewer,
  changes: readonly ReviewChange[],
  { now, newId }: { now: Date; newId: () => string },
): Promise<Outcome<ReviewsDone, ReviewRefusal>> {
  const named = changes.flatMap((change) => (change.kind === 'create' ? [] : [change.id]));
  const reviewed = changes.flatMap((change) => (change.kind === 'create' ? [change.movieId] : []));
  const movies = named.length > 0 ? await writer.moviesOf(named) : [];
  const locked = [...new Set([...reviewed, ...movies])];
  const unknown = locked.length > 0 ? await missingMovies(writer, locked) : new Set();
  const mine = new Map(
    (reviewed.length > 0 ? await writer.writtenBy(subject, reviewed) : []).map((review) => [review.movieId, review]),
  );
  const versions = await writer.lockReviews([...named, ...[...mine.values()].map(({ id }) => id)]);
  const versionOf = (id: string) => versions.get(id) ?? 0;
  const shown = Map.groupBy(named.length > 0 ? await writer.shown(named) : [], ({ id }) => id);

  const removed: string[] = [];
  const hidden: string[] = [];
  const written: UserReview[] = [];
  const done: Written[] = [];
  const deletedIds = new Set(changes.flatMap((change) => (change.kind === 'delete' ? [change.id] : [])));
  for (const [index, change] of changes.entries()) {
    if (change.kind === 'create') {
      const { movieId, input } = change;
      if (unknown.has(movieId)) return { refused: { kind: 'notFound', index, what: 'movie', id: movieId } };
      const first = mine.get(movieId);
      if (first?.isModerated) return { refused: { kind: 'forbidden', index, id: first.id, why: 'moderated' } };
      if (first !== undefined && !deletedIds.has(first.id)) {
        return { refused: { kind: 'exists', index, id: first.id, currentVersion: versionOf(first.id) } };
      }
      const id = newId();
      const { content, rating = null, author } = input;
      const facts = { content, rating, author: author ?? UNSIGNED, createdAt: now, updatedAt: null };
      written.push({ id, movieId, owner: subject, ...facts });
      done.push({ id, version: 0, deleted: false });
      continue;
    }
    const { id, version } = change;
    const [current] = shown.get(id) ?? [];
    if (current === undefined) return { refused: { kind: 'notFound', index, what: 'review', id } };
    const isMine = current.owner === subject;
    if (!isMine && !(change.kind === 'delete' && isModerator)) {
      return { refused: { kind: 'forbidden', index, id, why: 'foreign' } };
    }
    const currentVersion = versionOf(id);
    if (version !== currentVersion) return { refused: { kind: 'outdated', index, id, currentVersion } };
    done.push({ id, version, deleted: change.kind === 'delete' });
    if (change.kind === 'delete') (isMine ? removed : hidden).push(id);
    else written.push(...updated(current, subject, change.input, now));
  }
  const gone = [...removed, ...hidden];
  if (removed.length > 0) await writer.remove(removed);
  if (hidden.length > 0) await writer.hide(hidden);
  if (written.length > 0) await writer.write(written);
  const changed = {
    written: written.map(({ id, movieId }) => ({ id, movieId })),
    removed: gone.flatMap((id) => (shown.get(id) ?? []).map(({ movieId }) => ({ id, movieId }))),
  };
  return { done: { changed, done } };
}

/** Returns the changed review; none when nothing changes. */
function updated(current: ShownReview, owner: string, input: ReviewInput, now: Date): UserReview[] {
  const content = input.content ?? current.content;
  const rating = input.rating === undefined ? current.rating : input.rating;
  const author = input.author === undefined ? current.author : (input.author ?? UNSIGNED);
  if (content === current.content && rating === current.rating && author === current.author) return [];
  const { id, movieId, createdAt } = current;
  return [{ id, movieId, owner, author, rating, content, createdAt, updatedAt: now }];
}

/** Shows a review again that a moderator has hidden, unless its movie is deleted or TMDb no longer has the review. */
export async function releaseReview(
  writer: ReviewWriter,
  { id, version }: { readonly id: string; readonly version: number },
): Promise<Outcome<ReviewsDone, ReviewRefusal>> {
  const deleted = await writer.lockMovies(await writer.moviesOf([id]));
  const currentVersion = (await writer.lockReviews([id])).get(id) ?? 0;
  if (!(await writer.hiddenAmong([id])).has(id)) {
    return { refused: { kind: 'notFound', index: 0, what: 'review', id } };
  }
  if (version !== currentVersion) return { refused: { kind: 'outdated', index: 0, id, currentVersion } };
  const written = await writer.release([id], deleted);
  return { done: { changed: { written, removed: [] }, done: [{ id, version, deleted: false }] } };
}
