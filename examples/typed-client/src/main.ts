import { request } from './client.ts';
import { movieQuery } from './movie.ts';

/** `npm start -w examples/typed-client -- 603`: prints a movie from the gateway at MARQUEE_URL (http://localhost:4000/graphql). */
const url = process.env.MARQUEE_URL ?? 'http://localhost:4000/graphql';
const { movie } = await request(url, movieQuery, { id: process.argv[2] ?? '603', cast: 3 });
if (movie == null) {
  process.stderr.write('No movie has this id.\n');
  process.exitCode = 1;
} else {
  const { title, releaseDate, runtime, directors, cast, rating } = movie;
  const lines = [
    `${title} (${releaseDate ?? 'not released'}), ${runtime ?? '?'} minutes`,
    `directed by ${directors.map(({ name }) => name).join(', ')}`,
    ...cast.edges.map(({ node }) => `${node.person.name} as ${node.character ?? '?'}`),
    `and ${cast.totalCount - cast.edges.length} more`,
    `${rating?.voteAverage ?? '-'} of 10 by ${rating?.voteCount ?? 0} votes`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
