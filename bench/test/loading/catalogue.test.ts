import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeObserved } from '@marquee/events/codec';
import { MOVIE_CREDITS, MOVIE_DETAILS, MOVIE_RATINGS } from '@marquee/events/topics';
import { personId, syntheticMovie } from '../../src/loading/catalogue.ts';

describe('synthetic catalogue', () => {
  const size = { movies: 1_000, people: 20_000, creditsPerMovie: 50 };
  const movies = Array.from({ length: size.movies }, (_, index) => syntheticMovie(index + 1, size));

  it('is deterministic', () => {
    for (const number of [1, 17, 1_000]) assert.deepEqual(syntheticMovie(number, size), movies[number - 1]);
  });

  it('has valid events', () => {
    const about = { observedAt: new Date(), source: 'https://api.themoviedb.org/3' };
    for (const { details, credits, ratings } of movies.slice(0, 100)) {
      const { movieId } = details;
      encodeObserved(MOVIE_DETAILS, { subject: movieId, ...about, data: details });
      encodeObserved(MOVIE_CREDITS, { subject: movieId, ...about, data: credits });
      encodeObserved(MOVIE_RATINGS, { subject: movieId, ...about, data: ratings });
    }
  });

  it('credits every person, a few in many movies and most in few', () => {
    const counts = new Map<string, number>();
    for (const { credits } of movies) {
      for (const { person } of [...credits.cast, ...credits.crew])
        counts.set(person.id, (counts.get(person.id) ?? 0) + 1);
    }
    assert.equal(counts.size, size.people);
    const sorted = [...counts.values()].sort((a, b) => b - a);
    assert.ok((counts.get(personId(0)) ?? 0) > 20);
    assert.ok((sorted[0] ?? 0) < 80, `${sorted[0]} of 1,000 movies`);
    assert.ok((sorted[size.people / 2] ?? 0) <= 2);
  });
});
