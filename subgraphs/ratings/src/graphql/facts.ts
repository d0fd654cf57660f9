import {
  CONNECTION_FACTS,
  type Connection,
  EDGE_FACTS,
  type EdgeOf,
  PAGE_INFO_FACTS,
} from '@marquee/subgraph/connection';
import type { FactsOf } from '@marquee/subgraph/execution/selected-facts';
import type { Written } from '@marquee/subgraph/mutations/outcome';
import { type ForbiddenError, REFUSAL_FACTS } from '@marquee/subgraph/mutations/refusal';
import { CHANGE_FACTS, type ChangePayload } from '@marquee/subgraph/subscriptions/change-payload';
import type { RatingInParts, UserRating } from '../domain/rating.ts';
import type { ShownReview } from '../domain/review.ts';
import type { MovieReference } from './context.ts';

type Deleted = Pick<Written, 'id' | 'version'>;
type Listed<Row> = Connection<{ node: Row }>;
type ScoredMovies = Connection<{ score: number; node: MovieReference }>;
type VotedMovies = Connection<{ voteCount: number; node: MovieReference }>;

/** The objects of each type, whose properties are its fields. */
export interface Objects {
  readonly Movie: MovieReference;
  readonly Rating: RatingInParts;
  readonly UserRating: UserRating;
  readonly Review: ShownReview;
  readonly DeletedReview: Deleted;
  readonly ReleasedReview: Pick<Written, 'id' | 'version'> & { readonly review: () => Promise<ShownReview | null> };
  readonly ChangedReviews: { readonly results: readonly object[] };
  readonly UnratedMovie: { readonly movieId: string; readonly movie: MovieReference };
  readonly RatedMovies: { readonly movies: readonly MovieReference[] };
  readonly ForbiddenError: ForbiddenError;
  readonly ReviewConnection: Listed<ShownReview>;
  readonly ReviewEdge: EdgeOf<Listed<ShownReview>>;
  readonly UserRatingConnection: Listed<UserRating>;
  readonly UserRatingEdge: EdgeOf<Listed<UserRating>>;
  readonly TopRatedConnection: ScoredMovies;
  readonly TopRatedEdge: EdgeOf<ScoredMovies>;
  readonly MostVotedConnection: VotedMovies;
  readonly MostVotedEdge: EdgeOf<VotedMovies>;
  readonly TrendingConnection: ScoredMovies;
  readonly TrendingEdge: EdgeOf<ScoredMovies>;
  readonly RatingEvent: ChangePayload;
  readonly ReviewEvent: ChangePayload;
  readonly PageInfo: Connection<object>['pageInfo'];
}

/** Fields without a resolver: each is the property of its name. A field with neither fails the start. */
const objectFacts: FactsOf<Objects> = {
  Movie: ['id'],
  Rating: ['voteAverage', 'voteCount', 'userVoteAverage', 'userVoteCount', 'weightedScore'],
  UserRating: ['value', 'ratedAt'],
  Review: ['id', 'author', 'authorName', 'authorUsername', 'rating', 'content', 'url', 'createdAt', 'updatedAt'],
  DeletedReview: ['id', 'version'],
  ReleasedReview: ['id', 'version', 'review'],
  ChangedReviews: ['results'],
  UnratedMovie: ['movieId', 'movie'],
  RatedMovies: ['movies'],
  ForbiddenError: ['message', 'code', 'path', 'id'],
  ReviewConnection: CONNECTION_FACTS,
  ReviewEdge: EDGE_FACTS,
  UserRatingConnection: CONNECTION_FACTS,
  UserRatingEdge: EDGE_FACTS,
  TopRatedConnection: CONNECTION_FACTS,
  TopRatedEdge: [...EDGE_FACTS, 'score'],
  MostVotedConnection: CONNECTION_FACTS,
  MostVotedEdge: [...EDGE_FACTS, 'voteCount'],
  TrendingConnection: CONNECTION_FACTS,
  TrendingEdge: [...EDGE_FACTS, 'score'],
  RatingEvent: CHANGE_FACTS,
  ReviewEvent: CHANGE_FACTS,
  PageInfo: PAGE_INFO_FACTS,
};

export const facts = { ...objectFacts, ...REFUSAL_FACTS };
