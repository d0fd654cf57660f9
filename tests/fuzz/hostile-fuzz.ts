import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import { type Answer, faults } from './answer-rules.ts';
import { failuresOf } from './failures.ts';
import { type HostileRequest, hostileRequests } from './hostile-request.ts';
import { type ProcessWatch, watch } from './process-watch.ts';

/** CPU that one request of at most 256 KB may cost in all processes together, in milliseconds. */
const MAX_CPU_MS = 1_000;

/** Memory that one request may retain, in MiB. */
const MAX_LEFT = 10;

/** Repetitions of a request that seems to retain memory: a leak grows with each. */
const REPEATS = 8;

/** Timeout of a request in milliseconds. */
const TIMEOUT_MS = 30_000;

/** The status of a request whose connection was closed. */
const CLOSED = 0;

/** Node's parser rejects such a request before any route (RFC 6585, section 5). */
const HEADERS_TOO_LARGE = 431;

/** A hostile request whose response or cost breaks a rule. */
export interface HostileFinding {
  readonly seed: number;
  readonly path: string;
  readonly name: string;
  readonly status: number;
  readonly answer: string;
  readonly faults: readonly string[];
}

export interface HostileResult {
  readonly findings: readonly HostileFinding[];
  /** Milliseconds of CPU of the most expensive requests, by name, in descending order. */
  readonly dearest: readonly (readonly [name: string, cpuMs: number])[];
  /** Slowest response of `/healthz` during the requests, in milliseconds. */
  readonly slowestHealth: number;
  /** Longest `/metrics` of any process at the end, in bytes. */
  readonly metricsBytes: number;
}

export interface HostileOptions {
  /** The GraphQL endpoint. */
  readonly url: string;
  /** Addresses of all processes that serve a request, the gateway's first. */
  readonly processes: readonly string[];
  readonly schema: GraphQLSchema;
  readonly seed: number;
  readonly count: number;
  /** The path of a finding, to send its request alone. */
  readonly path?: string | undefined;
}

/** A hostile request that breaks rules. */
class BrokenRules extends Error {
  readonly finding: Omit<HostileFinding, 'seed' | 'path'>;

  constructor(finding: Omit<HostileFinding, 'seed' | 'path'>) {
    super(finding.faults.join('; '));
    this.finding = finding;
  }
}

/**
 * Sends random hostile requests, one after the other, and measures the CPU and memory that each costs all processes, by their own metrics,
 * while it polls their health. A request that breaks a rule is shrunk.
 */
export async function fuzzHostile(options: HostileOptions): Promise<HostileResult> {
  const { url, processes, schema, seed, count, path } = options;
  const costs = new Map<string, number>();
  const watched = watch(processes);
  async function check(hostile: HostileRequest): Promise<void> {
    const before = await watched.read();
    const answer = await send(url, hostile);
    const after = await watched.read();
    const cpuMs = after.cpuMs - before.cpuMs;
    costs.set(hostile.name, Math.max(costs.get(hostile.name) ?? 0, cpuMs));
    const broken = brokenRules(answer);
    if (cpuMs > MAX_CPU_MS) broken.push(`${cpuMs} ms of CPU`);
    if (after.residentMiB - before.residentMiB > MAX_LEFT) {
      const left = await leftBehind(url, hostile, watched, after.residentMiB);
      if (left > MAX_LEFT) broken.push(`${Math.round(left)} MiB stay behind`);
    }
    if (broken.length === 0) return;
    const { status, text } = answer;
    throw new BrokenRules({ name: hostile.name, status, answer: text.slice(0, 1_000), faults: broken });
  }
  try {
    const failures = await failuresOf(hostileRequests(schema), { seed, runs: count, path }, check);
    const findings = failures.map(({ seed: own, path: way, error }) => {
      if (!(error instanceof BrokenRules)) throw error;
      return { seed: own, path: way, ...error.finding };
    });
    const { metricsBytes } = await watched.read();
    const dearest = [...costs].sort(([, one], [, other]) => other - one).slice(0, 10);
    return { findings, dearest, slowestHealth: watched.slowestHealth(), metricsBytes };
  } finally {
    watched.stop();
  }
}

interface HttpAnswer extends Answer {
  readonly headers: IncomingHttpHeaders;
}

/** Returns the MiB that each repetition of a request retains. */
async function leftBehind(
  url: string,
  hostile: HostileRequest,
  processes: ProcessWatch,
  from: number,
): Promise<number> {
  for (let sent = 0; sent < REPEATS; sent++) await send(url, hostile);
  return ((await processes.read()).residentMiB - from) / REPEATS;
}

/** Applies {@link faults}, except to rejections by the HTTP parser, which are not GraphQL. */
function brokenRules(answer: HttpAnswer): string[] {
  const type = answer.headers['content-type'] ?? '';
  if (type.includes('json') && answer.status !== HEADERS_TOO_LARGE) return faults(answer, false);
  const isRefusal = answer.status >= 400 && answer.status < 500;
  return isRefusal || answer.status === CLOSED ? [] : [`HTTP ${answer.status} of the type ${type}`];
}

/** Sends a request by node:http, which does not change headers as `fetch` does. */
function send(url: string, { method, path, headers, body }: HostileRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const sent = httpRequest(new URL(path, url), { method, headers, signal, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    // A server may close the connection before it has read a rejected body: the response is lost then.
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || error.code === 'ECONNRESET') resolve({ status: CLOSED, headers: {}, text: '' });
      else reject(error);
    });
    sent.end(body);
  });
}
