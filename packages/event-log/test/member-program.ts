import { createPostgresEventLog } from '../src/postgres.ts';
import { testLogger } from './postgres-fixture.ts';

/** A member of a group in a process of its own: prints a line for each partition that it is given. */
const [url = '', group = '', topic = ''] = process.argv.slice(2);
await createPostgresEventLog({ url, logger: testLogger() }).subscribe({
  group,
  topics: [topic],
  position: async (_topic, partition) => {
    process.stdout.write(`${partition}\n`);
    return undefined;
  },
  handle: async () => {},
});
