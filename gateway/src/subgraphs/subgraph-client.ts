import type { ProcessContext } from '@marquee/runtime/process';
import type { Attributes, Trace } from '@marquee/runtime/tracing';
import { encodeIdentity, type Identity } from '@marquee/trust/identity';
import type { SigningKey } from '@marquee/trust/signing-keys';
import type { ExecutionError, RequestSubgraph, SubgraphRequest } from '../execution/execution-context.ts';
import { Cancellation, Cancelled } from './cancellation.ts';
import { type CircuitBreaker, type CircuitBreakerOptions, createCircuitBreakers } from './circuit-breaker.ts';
import type { ForwardedHeaders } from './header-forwarding.ts';
import { type Connections, createHttpPool, type HttpResponse } from './http-pool.ts';
import { InFlight } from './in-flight.ts';
import { createRequestHeaders } from './request-headers.ts';
import { RetryBudget, type RetryOptions, sendWithRetries } from './retries.ts';
import { createSubgraphMetrics, type SubgraphMeter } from './subgraph-metrics.ts';
import { failureCodeOf, failureMessage, graphqlText, isCircuitOpen, parseResponse } from './subgraph-response.ts';
import type { WriteTracker } from './writes.ts';

export interface SubgraphClientOptions {
  /** Timeout of one subgraph request, queueing and retries included. */
  readonly timeoutMs: number;
  /** Timeouts of single subgraphs. */
  readonly timeoutsMs?: ReadonlyMap<string, number>;
  /** Limit of requests that wait for a connection to one origin; default none. */
  readonly maxWaiting?: number;
  /** As in {@link HttpPoolOptions}; default 1,000. */
  readonly idleMs?: number;
  /** No retries without it. */
  readonly retry?: RetryOptions;
  /** No circuit breaker without it. */
  readonly circuit?: CircuitBreakerOptions;
  /** Writes in progress, when equal queries share a request; undefined to share nothing. */
  readonly writes: WriteTracker | undefined;
  /** The key that signs requests; undefined to leave them unsigned. */
  readonly signingKey: SigningKey | undefined;
}

/** A subgraph's trace, for Apollo's federated tracing. */
export interface FederatedTrace {
  readonly serviceName: string;
  /** A `Trace` of https://www.apollographql.com/docs/federation/metrics, encoded by the subgraph. */
  readonly trace: string;
}

/** The client's part of subgraph requests: identity, headers and trace. */
export interface SubgraphRequestContext {
  readonly identity?: Identity | undefined;
  /** The client's headers that are forwarded. */
  readonly forwarded?: ForwardedHeaders | undefined;
  readonly trace?: Trace | undefined;
  /** Collects traces of subgraphs; undefined when none are requested. */
  readonly federatedTraces?: FederatedTrace[] | undefined;
  /** Called with the `Cache-Control` of each response. */
  readonly onCacheControl?: ((header: string | undefined) => void) | undefined;
  /**
   * The cancellation of the execution: requests without another waiter end with it. Undefined in a mutation, whose
   * requests run to their end.
   */
  readonly cancellation?: Cancellation | undefined;
}

/** Creates a function that sends requests to subgraphs by their addresses; all share the connections. */
export type SubgraphClient<Context = SubgraphRequestContext> = (
  urlOf: (subgraph: string) => string | undefined,
) => RequestSubgraph<Context>;

/** The media types of responses, by preference (GraphQL over HTTP, section 4.1). */
const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';

/** The request that distinguishes a slow operation from an unavailable subgraph, and its timeout. */
const PROBE = { body: '{"query":"{__typename}"}' };
const PROBE_MS = 1_000;
const PROBES_WAITING = 16;

/** A subgraph at an address, with what all its requests share. */
interface SubgraphEndpoint {
  readonly subgraph: string;
  readonly url: string;
  readonly connections: Connections;
  /** Path and query. */
  readonly target: string;
  readonly timeoutMs: number;
  readonly circuit: CircuitBreaker;
  readonly budget: RetryBudget;
  readonly meter: SubgraphMeter;
  /** Called with the duration of each request. */
  readonly onEnd: (seconds: number) => void;
}

/**
 * Creates a client of subgraphs over undici. Connections close with the process. Queries are retried, and a circuit
 * breaker protects failing subgraphs (docs/decisions/0018).
 *
 * It rejects with an error for clients (the subgraph's name, never its address); the log has the details. Codes:
 * `SUBGRAPH_UNAVAILABLE`, `SUBGRAPH_TIMEOUT`, `SUBGRAPH_OVERLOADED`, `SUBGRAPH_BAD_RESPONSE`, `SUBGRAPH_REFUSED` (no
 * common key, or clocks apart), `CANCELLED`.
 *
 * The caller's identity travels in a header that the signature covers, with the forwarded headers and the trace. Equal
 * queries in progress, identity and headers included, share a request while no mutation lies between them. A query's
 * request is cancelled when all its waiters are.
 */
export function createSubgraphClient(ctx: ProcessContext, options: SubgraphClientOptions): SubgraphClient {
  const {
    timeoutMs,
    timeoutsMs,
    maxWaiting = Number.POSITIVE_INFINITY,
    idleMs = 1_000,
    retry,
    writes,
    signingKey,
  } = options;
  const exchange = createHttpPool({ connectTimeoutMs: Math.min(timeoutMs, 2_000), maxWaiting, idleMs });
  ctx.onStop('subgraph connections', () => exchange.close());
  // Connections of their own: those of operations may all be waiting.
  const probes = createHttpPool({ connectTimeoutMs: PROBE_MS, maxWaiting: PROBES_WAITING, idleMs });
  ctx.onStop('probes of subgraphs', () => probes.close());
  const meterOf = createSubgraphMetrics(ctx.metrics);
  const circuitOf = createCircuitBreakers(ctx.metrics, options.circuit, (subgraph, isOpen) => {
    if (isOpen) ctx.logger.error({ subgraph }, 'the circuit of a subgraph is open: requests are rejected for a while');
    else ctx.logger.info({ subgraph }, 'the circuit of a subgraph is closed again');
  });
  const peers = new Map<string, SubgraphEndpoint>();

  function peerAt(subgraph: string, url: string): SubgraphEndpoint {
    const key = `${subgraph} ${url}`;
    const known = peers.get(key);
    if (known !== undefined) return known;
    const { origin, pathname, search } = new URL(url);
    const meter = meterOf(subgraph);
    const peer: SubgraphEndpoint = {
      subgraph,
      url,
      connections: exchange.to(origin),
      target: pathname + search,
      timeoutMs: timeoutsMs?.get(subgraph) ?? timeoutMs,
      circuit: circuitOf(subgraph, () => probe(peer)),
      budget: new RetryBudget(retry?.budgetPercent ?? 0),
      meter,
      onEnd: (seconds) => meter.seconds.observe(seconds),
    };
    peers.set(key, peer);
    return peer;
  }

  const headersOf = createRequestHeaders(signingKey, ACCEPT);

  /** Sends the query that every subgraph answers at once, whatever its stores do. */
  function probe(peer: SubgraphEndpoint): Promise<HttpResponse> {
    const headers = headersOf(peer, PROBE.body, {}, undefined, undefined);
    const deadline = performance.now() + Math.min(peer.timeoutMs / 4, PROBE_MS);
    const { origin } = new URL(peer.url);
    return probes.to(origin).post({ target: peer.target, headers, body: PROBE.body, isRepeatable: true, deadline });
  }

  function send(
    peer: SubgraphEndpoint,
    request: SubgraphRequest,
    context: SubgraphRequestContext,
    identity: string | undefined,
    part: Trace | undefined,
    cancellation: Cancellation | undefined,
  ): Promise<HttpResponse> {
    const { connections, target, circuit, meter, budget } = peer;
    const deadline = performance.now() + peer.timeoutMs;
    const attempt = () => {
      if (cancellation?.isCancelled) return Promise.reject(new Cancelled());
      meter.requests.inc();
      const headers = headersOf(peer, request.body, context, identity, part);
      return connections.post({
        target,
        headers,
        body: request.body,
        isRepeatable: !request.isMutation,
        deadline,
        cancellation,
        onEnd: peer.onEnd,
      });
    };
    const once = () => circuit.run(attempt);
    if (request.isMutation || retry === undefined) return once();
    const onRetry = (isSent: boolean) => (isSent ? meter.retries : meter.retriesWithheld).inc();
    return sendWithRetries({ send: once, budget, retries: retry.retries, deadline, onRetry });
  }

  return (urlOf) => {
    const inFlight = new InFlight<HttpResponse, Trace | undefined>();
    const known = new Map<string, SubgraphEndpoint>();
    const servers = new Map<string, Attributes>();

    function serverOf(subgraph: string): Attributes {
      const server = servers.get(subgraph) ?? serverAttributes(urlOf(subgraph));
      servers.set(subgraph, server);
      return server;
    }

    function peerOf(subgraph: string): SubgraphEndpoint {
      const peer = known.get(subgraph);
      if (peer !== undefined) return peer;
      const url = urlOf(subgraph);
      if (url === undefined) throw new Error('the supergraph gives it no address');
      const made = peerAt(subgraph, url);
      known.set(subgraph, made);
      return made;
    }

    /** Returns the response, which each caller parses for itself. */
    function answerTo(
      peer: SubgraphEndpoint,
      request: SubgraphRequest,
      context: SubgraphRequestContext,
      part: Trace | undefined,
    ): Promise<HttpResponse> {
      const identity = context.identity && encodeIdentity(context.identity);
      const waiter = request.isMutation || request.followsWrite ? undefined : context.cancellation;
      const sent = (cancellation = waiter && waitedForBy(waiter)) =>
        send(peer, request, context, identity, part, cancellation);
      if (request.isMutation) return writes === undefined ? sent() : write(writes, sent);
      if (waiter?.isCancelled) return Promise.reject(new Cancelled());
      const epoch = writes?.epoch;
      if (epoch === undefined || request.followsWrite === true) return sent();
      // The trace does not change the response: that of the first request is sent.
      const asking = `${peer.url}\n${identity ?? ''}\n${context.federatedTraces === undefined ? '' : 'ftv1'}`;
      const key = `${asking}\n${context.forwarded?.to(peer.subgraph).key ?? ''}\n${request.body}`;
      const equal = inFlight.find(key, epoch);
      if (equal === undefined) {
        const cancellation = waitedForBy(waiter);
        return inFlight.add(key, epoch, sent(cancellation), part, cancellation);
      }
      equal.cancellation.addWaiter(waiter);
      peer.meter.shared.inc();
      if (equal.trace !== undefined) part?.link(equal.trace);
      return equal.result;
    }

    return async (request, context) => {
      const { subgraph } = request;
      const part = context.trace?.begin(subgraph, {
        attributes: attributesOf(request, serverOf(subgraph)),
        kind: 'client',
      });
      try {
        const received = await answerTo(peerOf(subgraph), request, context, part);
        context.onCacheControl?.(received.cacheControl);
        const answer = parseResponse(graphqlText(received));
        const { ftv1 } = (answer.extensions ?? {}) as { ftv1?: unknown };
        if (typeof ftv1 === 'string') context.federatedTraces?.push({ serviceName: subgraph, trace: ftv1 });
        part?.end(Array.isArray(answer.errors) && answer.errors.length > 0 ? { error: 'graphql' } : undefined);
        return answer;
      } catch (error) {
        const code = failureCodeOf(error);
        const isCancelled = code === 'CANCELLED';
        part?.end(isCancelled ? { attributes: { 'marquee.cancelled': true } } : { error: code });
        const isRefused = isCircuitOpen(error) || code === 'SUBGRAPH_OVERLOADED';
        if (isRefused) known.get(subgraph)?.meter.refused.inc();
        ctx.logger[isRefused || isCancelled ? 'debug' : 'warn'](
          { err: error, subgraph, url: urlOf(subgraph), code, ...(context.trace && { trace_id: context.trace.id }) },
          'a request to a subgraph failed',
        );
        throw {
          message: failureMessage(error, code, subgraph),
          extensions: { code, serviceName: subgraph },
        } satisfies ExecutionError;
      }
    };
  };
}

function waitedForBy(waiter: Cancellation | undefined): Cancellation {
  const cancellation = new Cancellation();
  cancellation.addWaiter(waiter);
  return cancellation;
}

async function write(writes: WriteTracker, sent: () => Promise<HttpResponse>): Promise<HttpResponse> {
  await writes.begin();
  try {
    return await sent();
  } finally {
    writes.end();
  }
}

/** Describes the server of a subgraph: https://opentelemetry.io/docs/specs/semconv/general/attributes/#server-attributes */
function serverAttributes(url = ''): Attributes {
  const { hostname, port, protocol } = URL.parse(url) ?? {};
  if (hostname === undefined) return {};
  return { 'server.address': hostname, 'server.port': Number(port || (protocol === 'https:' ? 443 : 80)) };
}

function attributesOf({ subgraph, isMutation, representationCount }: SubgraphRequest, server: Attributes): Attributes {
  return {
    ...server,
    'marquee.subgraph': subgraph,
    'graphql.operation.type': isMutation ? 'mutation' : 'query',
    ...(representationCount !== undefined && { 'marquee.representations': representationCount }),
  };
}
