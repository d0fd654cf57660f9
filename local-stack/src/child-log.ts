import { open, stat } from 'node:fs/promises';
import path from 'node:path';

/** An entry in a child's log that somebody should see. */
export interface LogProblem {
  readonly level: 'warn' | 'error' | 'fatal';
  readonly message: string;
}

/** Reads what is added to a child's log file. Children write to files themselves, so that their logs do not depend on us. */
export interface LogReader {
  /** The warnings and errors since the last call. */
  problems(): Promise<readonly LogProblem[]>;
  /** The reason that a child gave for its end: its last error, else the last thing that it wrote. */
  lastWords(): string;
  /** What a command printed as its result: its last line of JSON that is no log entry. */
  result(): Readonly<Record<string, unknown>> | undefined;
}

/** Starts at the present end of the file. */
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

/** An entry of pino's, or what Node prints of an exception that nobody caught. */
function problemOf(line: string, entry: Readonly<Record<string, unknown>> | undefined): LogProblem | undefined {
  if (!entry) return /^\w*Error\b.*:/.test(line) ? { level: 'error', message: line.trim() } : undefined;
  const { level, msg, cause } = entry;
  if (level !== 'warn' && level !== 'error' && level !== 'fatal') return undefined;
  const message = String(msg);
  return { level, message: cause && !message.includes(String(cause)) ? `${message} (${cause})` : message };
}
