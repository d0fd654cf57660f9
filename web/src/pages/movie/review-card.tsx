import { useState } from 'react';
import { useMutation } from 'urql';
import { DeleteReviewDocument, type ReviewTextFragment } from '../../generated/graphql.ts';
import { formatDate, formatScore } from '../../text/format.ts';
import { failureOf, REVIEWS } from './mutations.ts';
import { ReviewForm } from './review-form.tsx';

/** Length from which only the beginning is shown at first. */
const LONG = 600;

/** A review. Its text is shown as it was written: Markdown of strangers is no HTML. */
export function ReviewCard({ review }: { readonly review: ReviewTextFragment }) {
  const { author, rating, createdAt, content, isMine, id, version } = review;
  const [isOpen, setOpen] = useState(content.length <= LONG);
  const [isEdited, setEdited] = useState(false);
  const [failure, setFailure] = useState<string>();
  const [{ fetching }, remove] = useMutation(DeleteReviewDocument);
  if (isEdited) return <ReviewForm review={review} onDone={() => setEdited(false)} />;
  return (
    <article className="review" aria-label={`Review by ${author}`}>
      <p className="review-head">
        <strong>{author}</strong>
        {rating !== null && <span>★ {formatScore(rating)}</span>}
        <time dateTime={createdAt}>{formatDate(createdAt)}</time>
      </p>
      <p className={isOpen ? 'review-text' : 'review-text clipped'}>{content}</p>
      <div className="review-actions">
        {content.length > LONG && (
          <button type="button" className="text-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'Read less' : 'Read on'}
          </button>
        )}
        {isMine && (
          <>
            <button type="button" className="text-button" onClick={() => setEdited(true)}>
              Edit
            </button>
            <button
              type="button"
              className="text-button"
              disabled={fetching}
              onClick={async () => setFailure(failureOf(await remove({ id, version }, REVIEWS), 'deleteReview'))}
            >
              Delete
            </button>
          </>
        )}
      </div>
      {failure && (
        <p className="error" role="alert">
          {failure}
        </p>
      )}
    </article>
  );
}
