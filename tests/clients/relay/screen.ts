import assert from 'node:assert/strict';
import { eventually } from '@marquee/testing/eventually';
import { createElement } from 'react';
import { create, type ReactTestInstance } from 'react-test-renderer';
import relay from 'relay-runtime';
import { App, type Page } from './app.ts';

/** A rendered page of the app. */
export interface Screen {
  /** Requests of Relay, in order. */
  readonly requests: readonly { readonly name: string; readonly variables: Readonly<Record<string, unknown>> }[];
  /** Texts of the items that the page shows. */
  items(): readonly string[];
  has(button: string): boolean;
  press(button: string): void;
}

/**
 * Renders a page for an object, with a Relay environment whose network is this gateway. The page is never unmounted: Relay would keep the
 * process for 5 minutes in case it is mounted again.
 */
export async function render(url: string, page: Page, id: string): Promise<Screen> {
  const requests: Screen['requests'][number][] = [];
  const network = relay.Network.create(async ({ name, text }, variables) => {
    requests.push({ name, variables });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: text, variables }) });
    return (await response.json()) as relay.GraphQLResponse;
  });
  const environment = new relay.Environment({
    network,
    store: new relay.Store(new relay.RecordSource()),
    // Without it Relay keeps results of suspended renders for 5 minutes by timers, which keep the process.
    isServer: true,
    // `id` is unique within a type only.
    getDataID: ({ nodeId }: { readonly nodeId?: string }) => nodeId,
  });
  const renderer = create(createElement(App, { environment, page, id }));
  const all = (type: 'li' | 'button') => renderer.root.findAllByType(type);
  const texts = (type: 'li' | 'button') => all(type).map(textOf);
  await eventually(async () => assert.ok(texts('button').length > 0, `${page.root} ${id} is shown`));
  return {
    requests,
    items: () => texts('li'),
    has: (button) => texts('button').includes(button),
    press: (button) =>
      all('button')
        .find((each) => textOf(each) === button)
        ?.props.onClick(),
  };
}

const textOf = ({ children }: ReactTestInstance) => children.join('');
