import { type FormEvent, useState } from 'react';
import { useMutation } from 'urql';
import { CreateReviewDocument, type ReviewTextFragment, UpdateReviewDocument } from '../../generated/graphql.ts';
import { failureOf, REVIEWS } from './mutations.ts';

/** The limits of the API. */
const MAX_CONTENT = 50_000;
const MAX_AUTHOR = 100;

type ReviewFormProps =
  | { readonly movieId: string; readonly review?: undefined; readonly onDone?: undefined }
  | { readonly movieId?: undefined; readonly review: ReviewTextFragment; readonly onDone: () => void };

/** Writes the viewer's review of a movie, or edits it. */
export function ReviewForm({ movieId, review, onDone }: ReviewFormProps) {
  const [{ fetching: isCreating }, create] = useMutation(CreateReviewDocument);
  const [{ fetching: isUpdating }, update] = useMutation(UpdateReviewDocument);
  const [failure, setFailure] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const content = String(fields.get('content')).trim();
    const author = String(fields.get('author')).trim() || null;
    if (review === undefined) {
      setFailure(failureOf(await create({ input: { movieId, content, author } }, REVIEWS), 'createReview'));
      return;
    }
    const { id, version } = review;
    const failed = failureOf(await update({ id, version, input: { content, author } }), 'updateReview');
    setFailure(failed);
    if (failed === undefined) onDone();
  };
  return (
    <form className="panel" onSubmit={submit} aria-label={review ? 'Edit your review' : 'Write a review'}>
      <label className="field">
        <span>Your review</span>
        <textarea name="content" rows={5} required maxLength={MAX_CONTENT} defaultValue={review?.content} />
      </label>
      <label className="field">
        <span>Signature (Anonymous when empty)</span>
        <input
          name="author"
          maxLength={MAX_AUTHOR}
          defaultValue={review?.author === 'Anonymous' ? '' : review?.author}
        />
      </label>
      {failure && (
        <p className="error" role="alert">
          {failure}
        </p>
      )}
      <div className="review-actions">
        <button type="submit" className="button" disabled={isCreating || isUpdating}>
          {review ? 'Save' : 'Publish'}
        </button>
        {review && (
          <button type="button" className="button quiet" onClick={onDone}>
            Cancel
          </button>
        )}
      </div>
    </form>
  );
}
