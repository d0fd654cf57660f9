import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import type { Stack } from '../end-to-end/stack.ts';
import { MORE, type Page, pagesOf } from './relay/app.ts';
import { type CompiledApp, compileApp } from './relay/compile-app.ts';
import { render } from './relay/screen.ts';

/** The connections that the app paginates, of objects with more than one page. */
const CONNECTIONS = [
  {
    name: 'cast',
    id: '603',
    whole: '{ movie(id: "603") { nodeId cast(first: 100) { edges { node { character person { name } } } } } }',
  },
  {
    name: 'filmography',
    id: '6384',
    whole:
      '{ person(id: "6384") { nodeId filmography(first: 100) { edges { node { department movie { title } } } } } }',
  },
  {
    name: 'collection',
    id: '2344',
    whole: '{ collection(id: "2344") { nodeId movies(first: 100) { edges { node { title directors { name } } } } } }',
  },
] as const;

/** Tests an app, compiled by relay-compiler and rendered by React, against the gateway. */
export function relayAppTests(running: () => Stack): void {
  describe('a Relay app', () => {
    let app: CompiledApp;
    let pages: ReturnType<typeof pagesOf>;
    before(async () => {
      app = await compileApp(running());
      pages = pagesOf(app.graphql);
    });
    after(() => app?.[Symbol.asyncDispose]());

    for (const { name, id, whole } of CONNECTIONS) {
      test(`paginates and refetches the connection of its page ${name}`, async () => {
        const { graphql, addresses } = running();
        const page: Page = pages[name];
        const { nodeId, items } = await eventually(async () => {
          const object = Object.values(await graphql<Record<string, never>>(whole))[0] as never;
          const items = page.items(object);
          assert.ok(items.length > 2, `${name} ${id} has more than a page`);
          return { items, nodeId: (object as { nodeId: string }).nodeId };
        });
        const screen = await render(addresses.graphql, page, id);
        const shows = (count: number) =>
          eventually(async () => assert.deepEqual(screen.items(), items.slice(0, count)));
        const first = screen.items().length;
        for (let count = first; count < items.length; ) {
          await shows(count);
          screen.press('More');
          count += MORE;
          await shows(count);
          assert.equal(screen.requests.at(-1)?.variables.nodeId, nodeId);
        }
        await eventually(async () => assert.ok(!screen.has('More')));
        assert.equal(screen.requests.length, 1 + Math.ceil((items.length - first) / MORE));
        screen.press('Again');
        await shows(first);
      });
    }
  });
}
