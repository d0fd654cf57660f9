import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './command.ts';

/** A block of commands in a page. */
export interface DocumentedCommands {
  /** The heading that it stands under. */
  readonly heading: string;
  readonly script: string;
  /** Why no test runs it; undefined: one does. */
  readonly notRun: string | undefined;
  /** A command: only where it goes well can the block be run. */
  readonly needs: string | undefined;
}

const HEADING = /^#+ (.*)$/;
const NOT_RUN = /^<!-- not run: (.*) -->$/;
const NEEDS = /^<!-- run where `(.*)` goes well: .* -->$/;

/**
 * The `sh` blocks of a page, in order. One that a comment `<!-- not run: why -->` stands before is not for tests; one behind
 * ``<!-- run where `command` goes well: why -->`` is for those places alone.
 */
export async function documentedCommands(page: string): Promise<DocumentedCommands[]> {
  const blocks: DocumentedCommands[] = [];
  let heading = '';
  let notRun: string | undefined;
  let needs: string | undefined;
  let lines: string[] | undefined;
  for (const line of (await readFile(path.join(ROOT, page), 'utf8')).split('\n')) {
    if (lines && line === '```') {
      blocks.push({ heading, script: lines.join('\n'), notRun, needs });
      lines = undefined;
      notRun = undefined;
      needs = undefined;
    } else if (lines) {
      lines.push(line);
    } else if (line === '```sh') {
      lines = [];
    } else {
      heading = HEADING.exec(line)?.[1] ?? heading;
      notRun = NOT_RUN.exec(line)?.[1] ?? notRun;
      needs = NEEDS.exec(line)?.[1] ?? needs;
    }
  }
  return blocks;
}
