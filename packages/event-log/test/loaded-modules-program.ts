import { createRequire } from 'node:module';
import { loadConfig } from '@marquee/runtime/config';
import { createContext } from '@marquee/runtime/process';
import { z } from 'zod';
import { createEventLog, eventLogFields } from '../src/configuration.ts';

/** A process that opens its event log and prints the CommonJS modules that it has loaded. The test passes what the log needs. */
const ctx = createContext('test', 'silent');
await createEventLog(loadConfig(z.object(eventLogFields)), ctx).catch(() => undefined);
process.stdout.write(Object.keys(createRequire(import.meta.url).cache).join('\n'));
await ctx.stop();
process.exit();
