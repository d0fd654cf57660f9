import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './command.ts';

/** A block of commands on a page. */
export interface DocumentedCommands {
  /** Heading above the block. */
  readonly heading: string;
  readonly script: string;
  /** Reason why no test runs it; undefined for tested blocks. */
  readonly notRun: string | undefined;
  /** A command that must succeed for the block to run. */
  readonly needs: string | undefined;
}

const HEADING = /^#+ (.*)$/;
const NOT_RUN = /^<!-- not run: (.*) -->$/;
const NEEDS = /^<!-- run where `(.*)` goes well: .* -->$/;

/**
 * Returns the `sh` blocks of a page, in order. A comment `<!-- not run: why -->` before a block excludes it from tests;
 * ``<!-- run where `command` goes well: why -->`` makes it conditional.
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
