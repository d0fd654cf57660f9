import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refreshPerson } from '../../src/application/refresh-person.ts';
import { admin, serveEmulator } from '../emulator/emulator-server.ts';
import { leaseOf, refreshTools } from './refresh-tools.ts';

const lease = (more: Parameters<typeof leaseOf>[1] = {}) => leaseOf({ kind: 'person', id: 31 }, more);

test('a person is requested with the ETag of the last response, and published again only when it changed', async (t) => {
  const baseUrl = await serveEmulator(t);
  const { log, tools } = await refreshTools(t, baseUrl);
  const first = await refreshPerson(lease(), tools);
  assert.ok(first.settlement.outcome === 'refreshed');
  const { content } = first.settlement;
  assert.match(content.etag ?? '', /^W\/"/);
  assert.equal(first.result, 'published');

  const notModified = await refreshPerson(lease(content), tools);
  const changed = await refreshPerson(lease({ ...content, lane: 'change' }), tools);
  const { statuses } = (await admin(baseUrl, 'GET', '/statistics')).body;
  assert.deepEqual(statuses, { 200: 1, 304: 2 });
  const equal = await refreshPerson(lease({ ...content, etag: null }), tools);
  for (const { result, settlement } of [notModified, changed, equal]) {
    assert.equal(result, 'unchanged');
    assert.deepEqual(settlement.outcome === 'refreshed' && settlement.content, content);
  }
  assert.equal((await log.records()).length, 1);

  assert.equal((await refreshPerson(lease(content), { ...tools, force: true })).result, 'published');
  await admin(baseUrl, 'PATCH', '/people/31', { name: 'Anna Changed' });
  assert.equal((await refreshPerson(lease(content), tools)).result, 'published');
  assert.equal((await log.records()).length, 3);
});
