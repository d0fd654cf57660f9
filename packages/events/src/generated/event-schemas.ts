/* Generated from schemas/ by `npm run generate`; do not edit. */

import MovieCredits from '../../schemas/movie-credits.v1.json' with { type: 'json' };
import MovieDetails from '../../schemas/movie-details.v1.json' with { type: 'json' };
import MovieMedia from '../../schemas/movie-media.v1.json' with { type: 'json' };
import MovieRatings from '../../schemas/movie-ratings.v1.json' with { type: 'json' };
import PersonDetails from '../../schemas/person-details.v1.json' with { type: 'json' };

/** The JSON Schema of the data of each kind of event. */
export const EVENT_SCHEMAS = { 'movie-credits': MovieCredits, 'movie-details': MovieDetails, 'movie-media': MovieMedia, 'movie-ratings': MovieRatings, 'person-details': PersonDetails } as const;
