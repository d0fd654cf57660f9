import { Section } from '../../components/section.tsx';
import { useSession } from '../../session/session.tsx';
import type { PageMovie } from './page-movie.ts';
import { ReviewCard } from './review-card.tsx';
import { ReviewForm } from './review-form.tsx';

interface MovieReviewsProps {
  readonly movie: PageMovie;
  readonly isPending: boolean;
}

export function MovieReviews({ movie: { id, reviews }, isPending }: MovieReviewsProps) {
  const { viewer } = useSession();
  if (!reviews) return isPending ? <div className="section pending pending-block" /> : null;
  const written = reviews.edges.map(({ node }) => node);
  const mine = written.find(({ isMine }) => isMine);
  return (
    <Section title="Reviews" aside={<span className="count">{reviews.totalCount}</span>}>
      {written.length === 0 && <p className="empty">Nobody has reviewed this movie yet.</p>}
      <ul className="reviews">
        {written.map((review) => (
          <li key={review.id}>
            <ReviewCard review={review} />
          </li>
        ))}
      </ul>
      {viewer && mine === undefined && <ReviewForm movieId={id} />}
    </Section>
  );
}
