import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { freePort } from '@marquee/local-services/free-port';
import { type Postgres, removePostgres, startPostgres } from '@marquee/local-services/postgres';
import { type TestDatabase, testDatabase } from '@marquee/local-services/test-database';
import { createPostgresEventLog } from '../src/postgres.ts';
import { describeEventLog } from './conformance/cases.ts';
import type { StoppableHarness } from './conformance/harness.ts';
import { describeOutages } from './conformance/outage.ts';
import { prepareDatabase, testLogger } from './postgres-fixture.ts';

const logger = testLogger();
let database: TestDatabase;
let url: string;

before(async () => {
  database = await testDatabase();
  ({ url } = await prepareDatabase(database.adminUrl));
});
after(() => database.drop());

describeEventLog('Postgres', { open: (options) => createPostgresEventLog({ url, logger, ...options }) });

let folder: string | undefined;
let server: Postgres | undefined;
let harness: StoppableHarness | undefined;

/** A server of its own, which the cases stop. */
async function ownServer(): Promise<StoppableHarness> {
  if (harness) return harness;
  folder = await mkdtemp(path.join(os.tmpdir(), 'event-log-'));
  await chmod(folder, 0o755);
  const dataDir = path.join(folder, 'data');
  const port = await freePort();
  const start = async () => {
    server = await startPostgres({ dataDir, port, durable: false });
  };
  await start();
  const { url: ownUrl } = await prepareDatabase(server?.url ?? '');
  harness = {
    open: (options) => createPostgresEventLog({ url: ownUrl, logger, ...options }),
    stop: async () => server?.stop(),
    start,
  };
  return harness;
}

after(async () => {
  await server?.stop();
  if (folder === undefined) return;
  await removePostgres(path.join(folder, 'data'));
  await rm(folder, { recursive: true, force: true });
});

const closedPort = await freePort();
describeOutages('Postgres', ownServer, () =>
  createPostgresEventLog({ url: `postgres://nobody:x@127.0.0.1:${closedPort}/none`, logger, waitMs: 1_500 }),
);
