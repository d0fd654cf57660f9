import { randomBytes } from 'node:crypto';
import { migrate } from '@marquee/postgres/migrate';
import { provision } from '@marquee/postgres/provision';
import { createLogger } from '@marquee/runtime/logger';
import { migrations, SCHEMA } from '../src/postgres/migrations.ts';

/** Prepares an event log in an empty database; returns the connection strings of its two roles. */
export async function prepareDatabase(adminUrl: string): Promise<{ url: string; ownerUrl: string }> {
  const database = new URL(adminUrl).pathname.slice(1);
  const as = (role: string) => {
    const url = new URL(adminUrl);
    url.username = `${role}_${database}`;
    url.password = randomBytes(12).toString('hex');
    return url.href;
  };
  const [ownerUrl, url] = [as('owner'), as('runtime')];
  await provision({ adminUrl, ownerUrl, runtimeUrl: url, schema: SCHEMA });
  const runtimeRole = new URL(url).username;
  await migrate({ ownerUrl, runtimeRole, schema: SCHEMA, migrations, logger: testLogger() });
  return { url, ownerUrl };
}

/** Silent unless LOG_LEVEL says otherwise: the cases make servers fail on purpose. */
export function testLogger() {
  return createLogger('test', process.env.LOG_LEVEL || 'silent');
}
