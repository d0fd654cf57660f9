import { html } from './elements.ts';
import type { FetchBox, PlanLayout } from './plan-layout.ts';
import { durationText, errorsText, formatBytes, formatMs, outcomeText, pathText } from './plan-text.ts';

const COLUMNS: readonly (readonly [title: string, cell: (box: FetchBox, after: readonly number[]) => string])[] = [
  ['Path', ({ fetch }) => pathText(fetch)],
  ['Types', ({ fetch }) => fetch.types.join(', ')],
  ['After', (_, after) => after.join(', ')],
  ['Deferred', ({ deferred = '' }) => deferred],
  ['Entities', ({ fetch: { run } }) => (run?.entities == null ? '' : String(run.entities))],
  ['Reused', ({ fetch: { run } }) => (run?.entities == null ? '' : String(run.reusedEntities))],
  ['Start', ({ fetch: { run } }) => (run === null ? '' : formatMs(run.startMs))],
  ['Duration', ({ fetch: { run } }) => durationText(run)],
  ['Requests', ({ fetch: { run } }) => (run === null ? '' : String(run.requests))],
  ['Sent', ({ fetch: { run } }) => (run === null ? '' : formatBytes(run.requestBytes))],
  ['Received', ({ fetch: { run } }) => (run === null ? '' : formatBytes(run.responseBytes))],
  ['Outcome', (box) => errorsText(box.fetch.run) || (box.fetch.run?.requests ? 'ok' : outcomeText(box))],
];

/** Writes a plan as a table, a fetch in each row in the order of the plan. */
export function drawTable({ boxes, predecessors }: PlanLayout): HTMLTableElement {
  const head = html(
    'tr',
    {},
    html('th', { scope: 'col' }, 'Fetch'),
    ...COLUMNS.map(([title]) => html('th', { scope: 'col' }, title)),
  );
  const rows = boxes.map((box) =>
    html(
      'tr',
      {},
      html('th', { scope: 'row' }, `${box.fetch.id} ${box.fetch.subgraph}`),
      ...COLUMNS.map(([, cell]) => html('td', {}, cell(box, predecessors.get(box.fetch.id) ?? []))),
    ),
  );
  return html(
    'table',
    {},
    html('caption', {}, 'Fetches of the last operation'),
    html('thead', {}, head),
    html('tbody', {}, ...rows),
  );
}
