import { open, stat } from 'node:fs/promises';
import path from 'node:path';

/** A warning or an error in a child's log. */
export interface LogProblem {
  readonly level: 'warn' | 'error' | 'fatal';
  readonly message: string;
}

/** Reads new entries of a child's log file. Children write the files themselves, so that their logs do not depend on this process. */
export interface LogReader {
  /** Returns the warnings and errors since the last call. */
  problems(): Promise<readonly LogProblem[]>;
  /** Returns the reason of a child's exit: its last error, or else its last line. */
  lastWords(): string;
  /** Returns the result that a command printed: its last line of JSON that is not a log entry. */
  result(): Readonly<Record<string, unknown>> | undefined;
}

/** Creates a reader that starts at the current end of the file. */
export async function readLog(file: string): Promise<LogReader> {
  let offset = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  let lastError: string | undefined;
  let lastLine = '';
  let result: Readonly<Record<string, unknown>> | undefined;

  async function read(): Promise<readonly LogProblem[]> {
    const text = await readFrom(file, offset);
    offset += Buffer.byteLength(text);
    const problems: LogProblem[] = [];
    for (const line of text.split('\n')) {
      if (line.trim() === '') continue;
      lastLine = line.trim();
      const entry = parse(line);
      if (entry && entry.level === undefined) result = entry;
      const problem = problemOf(line, entry);
      if (problem) problems.push(problem);
      if (problem && problem.level !== 'warn') lastError = problem.message;
    }
    return problems;
  }

  let reading: Promise<unknown> = Promise.resolve();
  return {
    problems: () => {
      // One read after the other: two at once would see the same lines.
      const next = reading.then(read);
      reading = next.catch(() => {});
      return next;
    },
    result: () => result,
    lastWords: () => lastError ?? (lastLine || `it wrote nothing to ${path.basename(file)}`),
  };
}

async function readFrom(file: string, offset: number): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read({
      buffer: Buffer.alloc(Math.max(0, size - offset)),
      position: offset,
    });
    const text = buffer.toString('utf8', 0, bytesRead);
    // Up to the last whole line: a character may be cut in two at the end.
    return text.slice(0, text.lastIndexOf('\n') + 1);
  } finally {
    await handle.close();
  }
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Parses an entry of pino, or Node's output for an uncaught exception. */
function problemOf(line: string, entry: Readonly<Record<string, unknown>> | undefined): LogProblem | undefined {
  if (!entry) return /^\w*Error\b.*:/.test(line) ? { level: 'error', message: line.trim() } : undefined;
  const { level, msg, cause } = entry;
  if (level !== 'warn' && level !== 'error' && level !== 'fatal') return undefined;
  const message = String(msg);
  return { level, message: cause && !message.includes(String(cause)) ? `${message} (${cause})` : message };
}
