import type { FetchDescription, FetchRun } from '../../../execution/describe-plan.ts';
import type { FetchBox } from './plan-layout.ts';

export function formatMs(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

export function formatBytes(bytes: number): string {
  return bytes < 1_000 ? `${bytes} B` : `${(bytes / 1_000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
}

export const count = (number: number, noun: string, plural = `${noun}s`): string =>
  `${number} ${number === 1 ? noun : plural}`;

/** Returns the path of entities as GraphQL developers write it, or the kind of the root fields. */
export function pathText({ path, operation }: FetchDescription): string {
  if (path.length === 0) return `${operation} root`;
  return path.map((key, index) => (key === '@' ? '[]' : `${index === 0 ? '' : '.'}${key}`)).join('');
}

/** Returns the outcome of a fetch in a few words. */
export function outcomeText({ fetch, isSkipped }: FetchBox): string {
  const { run } = fetch;
  if (isSkipped) return 'not needed';
  if (run === null) return 'not begun';
  if (run.requests === 0) {
    if (run.joinedFetch !== null) return `joined fetch ${run.joinedFetch}`;
    if (run.entities === 0) return 'no entities';
    return `entities of other fetches`;
  }
  return formatBytes(run.responseBytes);
}

export function entitiesText(run: FetchRun | null): string {
  if (run?.entities == null) return '';
  const reused = run.reusedEntities === 0 ? '' : ` (${run.reusedEntities} reused)`;
  return count(run.entities, 'entity', 'entities') + reused;
}

export const durationText = (run: FetchRun | null): string =>
  run === null ? '' : run.durationMs === null ? 'running' : formatMs(run.durationMs);

export function errorsText(run: FetchRun | null): string {
  if (run === null || run.errors === 0) return '';
  return run.errorCode ?? count(run.errors, 'error');
}

/** Describes a fetch in one line. */
export function fetchLabel(box: FetchBox): string {
  const { fetch } = box;
  const parts = [
    `Fetch ${fetch.id}, ${fetch.subgraph}, ${pathText(fetch)}`,
    box.deferred === undefined ? '' : `deferred: ${box.deferred}`,
    entitiesText(fetch.run),
    durationText(fetch.run),
    outcomeText(box),
    errorsText(fetch.run),
  ];
  return parts.filter((part) => part !== '').join(', ');
}
