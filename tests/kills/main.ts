import { parseArgs } from 'node:util';
import { EXIT } from '@marquee/runtime/errors';
import { runKills } from './run.ts';

const HELP = `npm run test:kills -- [options]

Kills replicas of \`ingest backfill\` with SIGKILL at random moments while the emulator injects all of its faults, changes movies and deletes
some. Then every movie must be in the event log with its final content, every deleted one gone, and every other one listed as failed.

  --movies <number>  synthetic movies (default 20000)
  --kills <number>   how many kills (default 50)
  --seed <number>    the seed of movies, faults and moments (default 1)
  --help             this
`;

const { values } = parseArgs({
  options: {
    movies: { type: 'string', default: '20000' },
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(HELP);
} else {
  const [movies, kills, seed] = [Number(values.movies), Number(values.kills), Number(values.seed)];
  if (![movies, kills, seed].every((number) => Number.isSafeInteger(number) && number >= 0) || movies < 100) {
    process.stderr.write(`--movies must be a whole number from 100, --kills and --seed from 0\n\n${HELP}`);
    process.exitCode = EXIT.usage;
  } else {
    const report = (line: string) => process.stderr.write(`${line}\n`);
    const { mistakes, ...counts } = await runKills({ movies, kills, seed, report });
    process.stdout.write(`${JSON.stringify({ ...counts, mistakes: mistakes.slice(0, 20), wrong: mistakes.length })}\n`);
    process.exitCode = mistakes.length === 0 ? EXIT.ok : EXIT.failed;
  }
}
