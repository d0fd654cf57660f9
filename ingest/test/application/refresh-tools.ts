import type { TestContext } from 'node:test';
import type { RefreshTools } from '../../src/application/refresh.ts';
import type { Lease } from '../../src/application/work-queue.ts';
import type { Entity } from '../../src/domain/entity.ts';
import { createEventPublisher } from '../../src/infrastructure/event-publisher.ts';
import { createTmdbClient } from '../../src/infrastructure/tmdb-client.ts';
import { testEventLog } from '../test-event-log.ts';

export const VERSION = new Date('2026-01-02T03:04:05.678Z');

/** Returns a lease of an entity that was never requested, with these differences. */
export function leaseOf(entity: Entity, more: Partial<Lease> = {}): Lease {
  return { ...entity, lane: 'new', version: VERSION, attempts: 0, wasAbsent: false, etag: null, hashes: {}, ...more };
}

/** Creates the tools of a refresh from a TMDb, with an event log of their own. `persons` collects those of movies. */
export async function refreshTools(t: TestContext, baseUrl: string) {
  const log = await testEventLog(t);
  const tmdb = createTmdbClient({
    address: { baseUrl, token: undefined, isEmulator: true },
    ...{ concurrency: 10, retries: 2, stop: new AbortController().signal, random: () => 0.05 },
  });
  t.after(() => tmdb.close());
  const persons: number[] = [];
  const tools: RefreshTools = {
    ...{ tmdb, publisher: createEventPublisher(log.eventLog, baseUrl), force: false, confirmAfterSeconds: 300 },
    random: () => 0.5,
    onPersons: async (more) => void persons.push(...more.map(({ id }) => id)),
  };
  return { log, tmdb, tools, persons };
}
