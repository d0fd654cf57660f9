import type { IdentityContext } from '@marquee/subgraph/authorization';
import { readingWhole } from '@marquee/subgraph/execution/selected-facts';
import { encodeNodeId } from '@marquee/subgraph/node-id';
import { type AvatarSize, avatarUrl } from '../domain/avatar-image.ts';
import type { ShownReview } from '../domain/review.ts';
import type { Context, MovieReference } from './context.ts';

const from = readingWhole<ShownReview, Context & IdentityContext>();

export const Review = {
  __resolveReference: ({ id }: { id: string }, { loaders }: Context) => loaders.review.load(id),

  nodeId: from(({ id }) => encodeNodeId('Review', id)),

  authorAvatarUrl: from(({ authorAvatarPath }, { size }: { size: AvatarSize }, { imageBaseUrl }) =>
    avatarUrl(imageBaseUrl, size, authorAvatarPath),
  ),

  version: from(({ id }, _, { loaders }) => loaders.reviewVersion.load(id)),

  isMine: from(({ owner }, _, { identity }) => owner !== null && owner === identity?.subject),

  movie: from(({ movieId }): MovieReference => ({ id: movieId })),
};
