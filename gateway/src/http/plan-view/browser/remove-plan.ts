import type { PlanDescription } from '../../../execution/describe-plan.ts';

/** The beginning of the extension as the gateway writes it. */
const BEGINNING = ',"extensions":{"queryPlan":';
const MARKER = `${BEGINNING}{"traceId":`;

/** Takes the plan out of a response's text as it arrives, so that the rest reaches the editor at once and unchanged. */
export class PlanRemover {
  #held = '';

  /** Returns the text that can be passed on. */
  push(text: string): string {
    const all = this.#held + text;
    // The plan comes last: an equal text before it is data.
    const marker = all.lastIndexOf(MARKER);
    const start = marker >= 0 ? marker : all.length - startOfMarkerAtEnd(all);
    this.#held = all.slice(start);
    return all.slice(0, start);
  }

  /** Returns the rest of the text, and the plan; undefined when there is none. */
  end(): { readonly rest: string; readonly plan: PlanDescription | undefined } {
    const held = this.#held;
    this.#held = '';
    if (!held.startsWith(MARKER)) return { rest: held, plan: undefined };
    const end = endOfObject(held, BEGINNING.length);
    const plan = parsePlan(held.slice(BEGINNING.length, end));
    if (plan === undefined) return { rest: held, plan };
    const hasMore = held[end] === ',';
    return { rest: (hasMore ? ',"extensions":{' : '') + held.slice(end + 1), plan };
  }
}

/** Returns the length of the longest end of a text with which the marker may begin. */
function startOfMarkerAtEnd(text: string): number {
  for (let length = Math.min(MARKER.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(MARKER.slice(0, length))) return length;
  }
  return 0;
}

/** Returns the index after the JSON object that begins at an index. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let index = start; index < text.length; index += 1) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{') depth += 1;
    else if (character === '}' && --depth === 0) return index + 1;
  }
  return text.length;
}

function parsePlan(text: string): PlanDescription | undefined {
  try {
    const plan = JSON.parse(text) as PlanDescription;
    return typeof plan.executionMs === 'number' && typeof plan.fetches === 'number' ? plan : undefined;
  } catch {
    // Data with the same text, or a response that broke off: the editor shows it.
    return undefined;
  }
}
