import { randomBytes } from 'node:crypto';
import { createLogger } from '@marquee/runtime/logger';
import { prepareEventLog } from '../src/postgres/prepare.ts';

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
  await prepareEventLog({ adminUrl, ownerUrl, runtimeUrl: url }, testLogger());
  return { url, ownerUrl };
}

/** Silent unless LOG_LEVEL says otherwise: the cases make servers fail on purpose. */
export function testLogger() {
  return createLogger('test', process.env.LOG_LEVEL || 'silent');
}
