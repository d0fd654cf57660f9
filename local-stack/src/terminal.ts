import type { LogProblem } from './child-log.ts';

/** The output of the stack. */
export interface Terminal {
  /** Prints that a step is done, which began at `since` (milliseconds since the epoch). */
  done(name: string, since: number, detail?: string): void;
  note(line: string): void;
  /** Prints the errors of a part's log, each once, and counts its warnings. */
  problems(name: string, problems: readonly LogProblem[]): void;
  /** Returns the counts since the last call as one line; undefined without any. */
  summary(): string | undefined;
  /** Prints the addresses, as text or JSON. */
  final(block: string, json: unknown): void;
}

/** @param json true to print only JSON to stdout, and text to stderr */
export function createTerminal(json: boolean): Terminal {
  const people = json ? process.stderr : process.stdout;
  const shown = new Set<string>();
  const counts = new Map<string, number>();
  const write = (line: string) => void people.write(`${line}\n`);

  return {
    done: (name, since, detail) => {
      write(`  ${name.padEnd(20)}${((Date.now() - since) / 1000).toFixed(1)} s${detail ? `  ${detail}` : ''}`);
    },
    note: (line) => write(`  ${line}`),
    problems: (name, problems) => {
      for (const { level, message } of problems) {
        const line = `${name}: ${message}`;
        if (level === 'warn' || shown.has(line)) {
          counts.set(name, (counts.get(name) ?? 0) + 1);
        } else {
          shown.add(line);
          write(`  ${line}`);
        }
      }
    },
    summary: () => {
      if (counts.size === 0) return undefined;
      const each = [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
      counts.clear();
      return `warnings in the logs: ${each}`;
    },
    final: (block, value) => {
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
      else write(`\n${block}\n`);
    },
  };
}
