import type { PlanDescription } from '../../../execution/describe-plan.ts';
import { svg } from './elements.ts';
import { BOX, type FetchBox, type PlanLayout, START } from './plan-layout.ts';
import { durationText, entitiesText, errorsText, outcomeText, pathText } from './plan-text.ts';

const MAX_PATH = 34;
/** Number of colours of subgraphs in the style sheet. */
const COLOURS = 8;

/**
 * Draws a plan. One fetch is in the tab order; the arrow keys go to the nearest in their direction, Home and End to the
 * first and the last.
 *
 * @param onSelect called with the fetch that has the focus
 */
export function drawGraph(
  { executionMs }: PlanDescription,
  layout: PlanLayout,
  onSelect: (box: FetchBox) => void,
): SVGSVGElement {
  const { width, height, boxes, edges, frames, start } = layout;
  const subgraphs = [...new Set(boxes.map(({ fetch }) => fetch.subgraph))].sort();
  const root = svg('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': 'Fetches' });
  for (const { x, y, title, ...size } of frames) {
    root.append(
      svg('rect', { class: 'plan-frame', x, y, rx: 8, ...size }),
      svg('text', { class: 'plan-frame-title', x: x + 10, y: y + 15 }, title),
    );
  }
  for (const { from, to, isDeferred } of edges) {
    const bend = Math.max((to.x - from.x) / 2, 12);
    const d = `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`;
    root.append(svg('path', { class: isDeferred ? 'plan-edge plan-edge-deferred' : 'plan-edge', d }));
  }
  root.append(svg('circle', { class: 'plan-start', cx: start.x, cy: start.y, r: START.radius }));
  const elements = boxes.map((box, index) => {
    const element = drawFetch(box, subgraphs.indexOf(box.fetch.subgraph) % COLOURS, executionMs);
    element.setAttribute('tabindex', index === 0 ? '0' : '-1');
    return element;
  });
  root.append(...elements);

  function select(index: number): void {
    const box = boxes[index];
    if (box === undefined) return;
    for (const [other, element] of elements.entries()) {
      element.setAttribute('tabindex', other === index ? '0' : '-1');
      element.setAttribute('aria-pressed', String(other === index));
    }
    onSelect(box);
  }
  for (const [index, element] of elements.entries()) {
    element.addEventListener('focus', () => select(index));
    element.addEventListener('click', () => element.focus());
    element.addEventListener('keydown', (event) => {
      const next = neighbour(boxes, index, event.key);
      if (next === undefined) return;
      event.preventDefault();
      elements[next]?.focus();
    });
  }
  return root;
}

function drawFetch(box: FetchBox, colour: number, executionMs: number): SVGGElement {
  const { fetch, isSkipped, x, y } = box;
  const { run } = fetch;
  const errors = errorsText(run);
  const path = pathText(fetch);
  const classes = ['plan-fetch', `plan-colour-${colour}`];
  if (isSkipped || run === null) classes.push('plan-fetch-skipped');
  if (errors !== '') classes.push('plan-fetch-failed');
  const inner = BOX.width - 24;
  const scale = inner / Math.max(executionMs, 0.01);
  const bar = run && {
    x: 14 + Math.min(run.startMs * scale, inner - 2),
    width: Math.max(Math.min((run.durationMs ?? executionMs - run.startMs) * scale, inner - run.startMs * scale), 2),
  };
  const facts = [entitiesText(run), durationText(run), outcomeText(box)].filter((text) => text !== '');
  return svg(
    'g',
    {
      class: classes.join(' '),
      transform: `translate(${x} ${y})`,
      role: 'button',
      'aria-pressed': 'false',
      // The name is the visible text, which users of voice control speak.
      'aria-description': box.deferred === undefined ? undefined : `deferred: ${box.deferred}`,
      'data-fetch': fetch.id,
    },
    svg('rect', { class: 'plan-box', width: BOX.width, height: BOX.height, rx: 6 }),
    svg('rect', { class: 'plan-stripe', width: 5, height: BOX.height, rx: 2 }),
    svg('text', { class: 'plan-name', x: 14, y: 21 }, `${fetch.id} ${fetch.subgraph} `),
    svg('text', { class: 'plan-errors', x: BOX.width - 10, y: 21, 'text-anchor': 'end' }, `${errors} `),
    svg(
      'text',
      { class: 'plan-path', x: 14, y: 41 },
      `${path.length > MAX_PATH ? `…${path.slice(1 - MAX_PATH)}` : path} `,
    ),
    svg('text', { class: 'plan-facts', x: 14, y: 61 }, facts.join(' · ')),
    svg('rect', { class: 'plan-track', x: 14, y: 73, width: inner, height: 4, rx: 2 }),
    ...(bar ? [svg('rect', { class: 'plan-bar', y: 73, height: 4, rx: 2, ...bar })] : []),
  );
}

/** Returns the fetch to which a key leads from another. */
function neighbour(boxes: readonly FetchBox[], index: number, key: string): number | undefined {
  if (key === 'Home') return 0;
  if (key === 'End') return boxes.length - 1;
  const from = boxes[index];
  const direction = DIRECTIONS[key];
  if (from === undefined || direction === undefined) return undefined;
  let nearest: { readonly other: number; readonly distance: number } | undefined;
  for (const [other, to] of boxes.entries()) {
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const along = dx * direction.x + dy * direction.y;
    const across = Math.abs(dx * direction.y) + Math.abs(dy * direction.x);
    if (along <= 0 || (direction.y !== 0 && across >= BOX.width)) continue;
    const distance = along + 2 * across;
    if (nearest === undefined || distance < nearest.distance) nearest = { other, distance };
  }
  return nearest?.other;
}

const DIRECTIONS: Readonly<Record<string, { readonly x: number; readonly y: number } | undefined>> = {
  ArrowRight: { x: 1, y: 0 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowDown: { x: 0, y: 1 },
  ArrowUp: { x: 0, y: -1 },
};
