import { readingWhole } from '@marquee/subgraph/execution/selected-facts';
import { type ProfileSize, profileUrl } from '../domain/person.ts';
import type { PersonImage as Image } from '../domain/person-details.ts';
import type { Context } from './context.ts';

const from = readingWhole<Image, Context>();

export const PersonImage = {
  url: from(({ path }, { size }: { size: ProfileSize }, { imageBaseUrl }) => profileUrl(imageBaseUrl, size, path)),
};
