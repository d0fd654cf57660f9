import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A breaking change that was decided on: the report of the check, and the reason. */
export interface AcceptedChange {
  readonly change: string;
  readonly reason: string;
}

/** Reads the accepted changes of a file; an empty one accepts none. @throws Error for another content */
export function readAcceptedChanges(file: string): readonly AcceptedChange[] {
  const content: unknown = parse(readFileSync(file, 'utf8')) ?? [];
  if (!Array.isArray(content) || !content.every(isAcceptedChange)) {
    throw new Error(`${file}: every entry must have a "change" and a "reason", and no other member.`);
  }
  return content;
}

function isAcceptedChange(entry: unknown): entry is AcceptedChange {
  if (typeof entry !== 'object' || entry === null) return false;
  const { change, reason, ...others } = entry as Record<string, unknown>;
  return [change, reason].every((text) => typeof text === 'string' && text !== '') && Object.keys(others).length === 0;
}
