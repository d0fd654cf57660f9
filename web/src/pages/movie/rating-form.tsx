import { useId, useState } from 'react';
import { useMutation } from 'urql';
import { Link } from 'wouter';
import { Section } from '../../components/section.tsx';
import { RateMovieDocument, UnrateMovieDocument } from '../../generated/graphql.ts';
import { useSession } from '../../session/session.tsx';
import { formatScore } from '../../text/format.ts';
import { failureOf, RATINGS } from './mutations.ts';
import type { PageMovie } from './page-movie.ts';

const DEFAULT_VALUE = 7;

/** The viewer's rating of a movie, from 0.5 to 10 in steps of 0.5. */
export function RatingForm({ movie: { id, viewerRating } }: { readonly movie: PageMovie }) {
  const inputId = useId();
  const { viewer } = useSession();
  const [{ fetching: isRating }, rate] = useMutation(RateMovieDocument);
  const [{ fetching: isRemoving }, unrate] = useMutation(UnrateMovieDocument);
  const [chosen, setChosen] = useState<number>();
  const [message, setMessage] = useState('');
  const current = viewerRating?.value;
  const value = chosen ?? current ?? DEFAULT_VALUE;
  const isBusy = isRating || isRemoving;
  if (viewer === undefined) {
    return (
      <Section title="Your rating">
        <p className="muted">
          <Link href="/ratings">Sign in</Link> to rate and review this movie.
        </p>
      </Section>
    );
  }
  return (
    <Section title="Your rating">
      <form
        className="rating"
        onSubmit={async (event) => {
          event.preventDefault();
          const outcome = await rate({ movieId: id, value }, RATINGS);
          setMessage(failureOf(outcome, 'rateMovie') ?? `You rated this movie ${formatScore(value)}.`);
        }}
      >
        <label className="visually-hidden" htmlFor={inputId}>
          Your rating of 10
        </label>
        <output className="rating-value" htmlFor={inputId}>
          {formatScore(value)}
        </output>
        <input
          id={inputId}
          type="range"
          min="0.5"
          max="10"
          step="0.5"
          value={value}
          onChange={({ target }) => setChosen(Number(target.value))}
        />
        <button type="submit" className="button" disabled={isBusy || value === current}>
          {current === undefined ? 'Rate' : 'Change'}
        </button>
        {current !== undefined && (
          <button
            type="button"
            className="button quiet"
            disabled={isBusy}
            onClick={async () => {
              const outcome = await unrate({ movieId: id }, RATINGS);
              setChosen(undefined);
              setMessage(failureOf(outcome, 'unrateMovie') ?? 'Your rating is removed.');
            }}
          >
            Remove
          </button>
        )}
      </form>
      <p className="muted" role="status">
        {message || (current !== undefined && `You rated this movie ${formatScore(current)}.`)}
      </p>
    </Section>
  );
}
