import type { IdentityContext } from '@marquee/subgraph/authorization';
import { type AvatarSize, avatarUrl } from '../domain/avatar-image.ts';
import type { ShownReview } from '../domain/review.ts';
import type { Context, MovieReference } from './context.ts';

export const Review = {
  __resolveReference: ({ id }: { id: string }, { loaders }: Context) => loaders.review.load(id),

  authorAvatarUrl: ({ authorAvatarPath }: ShownReview, { size }: { size: AvatarSize }, { imageBaseUrl }: Context) =>
    avatarUrl(imageBaseUrl, size, authorAvatarPath),

  version: ({ id }: ShownReview, _: unknown, { loaders }: Context) => loaders.reviewVersion.load(id),

  isMine: ({ owner }: ShownReview, _: unknown, { identity }: IdentityContext) =>
    owner !== null && owner === identity?.subject,

  movie: ({ movieId }: ShownReview): MovieReference => ({ id: movieId }),
};
