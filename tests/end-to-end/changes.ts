import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import { createEventLog, eventLogFields } from '@marquee/event-log/configuration';
import type { EventLog } from '@marquee/event-log/event-log';
import { encodeDeleted } from '@marquee/events/codec';
import { MOVIE_DETAILS } from '@marquee/events/topics';
import { loadConfig } from '@marquee/runtime/config';
import { createContext } from '@marquee/runtime/process';
import { eventually } from '@marquee/testing/eventually';
import { z } from 'zod';
import type { Stack } from './stack.ts';

const MOVIE = '603';
const REEVES = '6384';

interface Seen {
  readonly movie: { readonly title: string; readonly cast: { readonly totalCount: number } } | null;
  readonly person: { readonly filmography: { readonly edges: readonly { readonly node: Credit }[] } };
  readonly topRated: { readonly totalCount: number };
}
interface Credit {
  readonly movie: { readonly id: string } | null;
}

/** Tests of a subgraph's reactions to another's outbox. */
export function changeTests(running: () => Stack): void {
  describe("subgraphs that follow each other's changes", () => {
    const ctx = createContext('tests', 'silent');
    let stack: Stack;
    let eventLog: EventLog;
    before(async () => {
      stack = running();
      const env = parseEnv(await readFile(path.join(stack.stateDir, 'stack.env'), 'utf8'));
      eventLog = await createEventLog(loadConfig(z.object(eventLogFields), env), ctx);
    });
    after(() => ctx.stop());

    const look = () =>
      stack.graphql<Seen>(
        `query ($movie: ID!, $person: ID!) {
          movie(id: $movie) { title cast { totalCount } }
          person(id: $person) { filmography(first: 100) { edges { node { movie { id } } } } }
          topRated { totalCount }
        }`,
        { movie: MOVIE, person: REEVES },
      );
    const isIn = ({ person }: Seen) => person.filmography.edges.some(({ node }) => node.movie?.id === MOVIE);

    test('a movie that is deleted in movies disappears from filmographies and charts, and is restored completely', async () => {
      const whole = await eventually(async () => {
        const seen = await look();
        assert.ok(seen.movie && seen.movie.cast.totalCount > 0 && isIn(seen));
        await sleep(1_000);
        assert.deepEqual(await look(), seen, 'everything has arrived');
        return seen;
      });

      const source = 'https://api.themoviedb.org/3';
      const deletion = encodeDeleted(MOVIE_DETAILS, { subject: MOVIE, observedAt: new Date(), source });
      await eventLog.publish(MOVIE_DETAILS.name, [deletion]);
      await eventually(async () => {
        const seen = await look();
        assert.equal(seen.movie, null);
        assert.ok(!isIn(seen), 'no part in the movie that is gone');
        assert.ok(seen.person.filmography.edges.length > 0, 'the parts in other movies stay');
        assert.equal(seen.topRated.totalCount, whole.topRated.totalCount - 1);
      });

      // Credits and ratings are observed unchanged, so only the restoration of the movie can restore them.
      const { code, summary } = await stack.ingest(['movies', MOVIE]);
      assert.deepEqual([code, summary.failed], [0, []]);
      await eventually(async () => assert.deepEqual(await look(), whole));
    });
  });
}
