import { html } from './elements.ts';
import { type ObservedResponse, observeRequests } from './observe-requests.ts';
import { drawGraph } from './plan-graph.ts';
import { type FetchBox, layoutPlan } from './plan-layout.ts';
import { drawTable } from './plan-table.ts';
import { count, fetchLabel, formatBytes, formatMs } from './plan-text.ts';

const toggle = html(
  'button',
  { type: 'button', class: 'plan-toggle', 'aria-expanded': 'false', 'aria-controls': 'plan-panel' },
  'Plan',
);
const summary = html('p', { class: 'plan-summary', role: 'status' }, 'Run an operation to see its plan.');
const trace = html('p', { class: 'plan-trace' });
const graph = html('div', {
  class: 'plan-graph',
  role: 'tabpanel',
  id: 'plan-graph',
  'aria-labelledby': 'plan-tab-graph',
});
const table = html('div', {
  class: 'plan-table',
  role: 'tabpanel',
  id: 'plan-table',
  'aria-labelledby': 'plan-tab-table',
  tabindex: '0',
});
const details = html('section', { class: 'plan-details', 'aria-label': 'Selected fetch' });
const views = [
  { tab: tabOf('graph', 'Graph'), panel: graph },
  { tab: tabOf('table', 'Table'), panel: table },
];
const tabs = html('div', { role: 'tablist', 'aria-label': 'View of the plan' }, ...views.map(({ tab }) => tab));
const panel = html(
  'div',
  { id: 'plan-panel', class: 'plan-panel' },
  tabs,
  html('div', { class: 'plan-content' }, graph, table, details),
);
const bar = html(
  'div',
  { class: 'plan-summary-bar' },
  toggle,
  summary,
  trace,
  ...document.querySelectorAll('#site-link'),
);

panel.hidden = true;
toggle.addEventListener('click', () => {
  panel.hidden = !panel.hidden;
  toggle.setAttribute('aria-expanded', String(!panel.hidden));
});
for (const [index, { tab }] of views.entries()) {
  tab.addEventListener('click', () => showView(index));
  // https://www.w3.org/WAI/ARIA/apg/patterns/tabs/#keyboardinteraction
  tab.addEventListener('keydown', ({ key }) => {
    if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
    showView(1 - index);
    views[1 - index]?.tab.focus();
  });
}
showView(0);
showPlan(undefined);
document.body.append(html('section', { id: 'plan-view', 'aria-label': 'Query plan' }, bar, panel));
const { endpoint = '/graphql' } = document.querySelector<HTMLElement>('script[data-endpoint]')?.dataset ?? {};
observeRequests(endpoint, showResponse);

function tabOf(name: string, text: string): HTMLButtonElement {
  return html('button', { type: 'button', role: 'tab', id: `plan-tab-${name}`, 'aria-controls': `plan-${name}` }, text);
}

function showView(shown: number): void {
  for (const [index, { tab, panel }] of views.entries()) {
    tab.setAttribute('aria-selected', String(index === shown));
    tab.tabIndex = index === shown ? 0 : -1;
    panel.hidden = index !== shown;
  }
  details.hidden = graph.hidden || details.childElementCount === 0;
}

function showResponse(response: ObservedResponse): void {
  const { plan, status, totalMs, bytes, traceId } = response;
  const facts = [
    status === 200 ? '' : `HTTP ${status}`,
    plan === undefined ? 'no plan' : count(plan.fetches, 'fetch', 'fetches'),
    plan === undefined ? '' : `${formatMs(plan.preparationMs)} to prepare, ${formatMs(plan.executionMs)} to execute`,
    `${formatMs(totalMs)} in the browser`,
    formatBytes(bytes),
    plan === undefined || plan.omittedFetches === 0
      ? ''
      : `${count(plan.omittedFetches, 'fetch', 'fetches')} not shown`,
  ];
  summary.textContent = facts.filter((fact) => fact !== '').join(' · ');
  const id = plan?.traceId ?? traceId;
  trace.replaceChildren(...(id === null ? [] : ['Trace ', html('code', {}, id)]));
  showPlan(plan);
}

function showPlan(plan: ObservedResponse['plan']): void {
  if (plan === undefined || plan.node === null) {
    const text = plan === undefined ? 'The last operation has no plan.' : 'The last operation fetches nothing.';
    for (const { panel } of views) panel.replaceChildren(html('p', {}, text));
    details.replaceChildren();
    details.hidden = true;
    return;
  }
  const layout = layoutPlan(plan);
  graph.replaceChildren(drawGraph(plan, layout, showDetails));
  table.replaceChildren(drawTable(layout));
  const [first] = layout.boxes;
  if (first !== undefined) showDetails(first);
}

function showDetails(box: FetchBox): void {
  const { document: text } = box.fetch;
  details.hidden = graph.hidden;
  details.replaceChildren(
    html('h2', {}, fetchLabel(box)),
    html('pre', { tabindex: '0', 'aria-label': 'Operation for the subgraph' }, indented(text)),
  );
}

/** Breaks the one line of the planner's document at its braces. */
function indented(text: string): string {
  let depth = 0;
  const lines = text.split(/([{}])/).flatMap((part) => {
    if (part === '}') depth = Math.max(depth - 1, 0);
    const line = part.trim() === '' ? [] : [`${'  '.repeat(depth)}${part.trim()}`];
    if (part === '{') depth += 1;
    return line;
  });
  return lines.join('\n').replaceAll(/\n\s*\{/g, ' {');
}
