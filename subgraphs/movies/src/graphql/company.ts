import { readingWhole } from '@marquee/subgraph/execution/selected-facts';
import { imageUrl, type LogoSize } from '../domain/image.ts';
import type { Company as CompanyNode } from '../domain/movie.ts';
import type { Context } from './context.ts';
import { type MovieListArgs, moviesOfGroup } from './movie-connection.ts';

const from = readingWhole<CompanyNode, Context>();

export const Company = {
  logoUrl: from((company, { size }: { size: LogoSize }, { imageBaseUrl }) =>
    imageUrl(imageBaseUrl, size, company.logoPath),
  ),
  movies: from(({ id }, args: MovieListArgs, context, info) => moviesOfGroup('company', id, args, context, info)),
};
