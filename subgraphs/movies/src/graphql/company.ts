import { imageUrl, type LogoSize } from '../domain/image.ts';
import type { Company as CompanyNode } from '../domain/movie.ts';
import type { Context } from './context.ts';
import { type MovieListArgs, moviesOfGroup } from './movie-connection.ts';
import type { ResolveInfo } from './movie-selection.ts';

export const Company = {
  logoUrl: (company: CompanyNode, { size }: { size: LogoSize }, { imageBaseUrl }: Context) =>
    imageUrl(imageBaseUrl, size, company.logoPath),
  movies: ({ id }: CompanyNode, args: MovieListArgs, context: Context, info: ResolveInfo) =>
    moviesOfGroup('company', id, args, context, info),
};
