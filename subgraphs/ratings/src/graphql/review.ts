import { type AvatarSize, avatarUrl } from '../domain/avatar-image.ts';
import type { Review as ReviewFacts } from '../domain/review.ts';
import type { Context, MovieReference } from './context.ts';

export const Review = {
  __resolveReference: ({ id }: { id: string }, { loaders }: Context) => loaders.review.load(id),

  authorAvatarUrl: ({ authorAvatarPath }: ReviewFacts, { size }: { size: AvatarSize }, { imageBaseUrl }: Context) =>
    avatarUrl(imageBaseUrl, size, authorAvatarPath),

  movie: ({ movieId }: ReviewFacts): MovieReference => ({ id: movieId }),
};
