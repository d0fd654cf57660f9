import type { ProcessContext } from '@marquee/runtime/process';
import type { Trace } from '@marquee/runtime/tracing';
import { encodeIdentity, IDENTITY_HEADER, type Identity } from '@marquee/trust/identity';
import { signRequest } from '@marquee/trust/request-signature';
import type { SigningKey } from '@marquee/trust/signing-keys';
import type { AnswerError, AskSubgraph, SubgraphRequest } from '../execution/execution-context.ts';
import { Cancellation, Cancelled } from './cancellation.ts';
import { type Circuit, type CircuitOptions, createCircuits } from './circuit-breaker.ts';
import type { ForwardedHeaders } from './header-forwarding.ts';
import { type Connections, createHttpExchange, type HttpAnswer } from './http-pool.ts';
import { InFlight } from './in-flight.ts';
import { ACCEPT_ENCODING } from './response-content.ts';
import { RetryBudget, type RetryOptions, sendWithRetries } from './retries.ts';
import { createSubgraphMetrics, type SubgraphMeter } from './subgraph-metrics.ts';
import { faultMessage, faultOf, graphqlText, isRefusedByCircuit, parseAnswer } from './subgraph-response.ts';
import type { Writes } from './writes.ts';

export interface SubgraphClientOptions {
  /** Longest time for one request to a subgraph, from waiting for a connection to the last byte, retries included. */
  readonly timeoutMs: number;
  /** Other times than that, by subgraph. */
  readonly timeoutsMs?: ReadonlyMap<string, number>;
  /** Requests that may wait for a connection to one origin; without it as many as come. */
  readonly maxWaiting?: number;
  /** As in {@link HttpExchangeOptions}; 1,000 without. */
  readonly idleMs?: number;
  /** Without it nothing is sent again. */
  readonly retry?: RetryOptions;
  /** Without it a subgraph is asked however often it fails. */
  readonly circuit?: CircuitOptions;
  /** Writes in progress, where equal queries share a request between them; nothing is shared without. */
  readonly sharing: Writes | undefined;
  /** What requests are signed with, so that subgraphs know the gateway; unsigned without. */
  readonly signingKey: SigningKey | undefined;
}

/** What a subgraph told of its own work, for Apollo's federated tracing. */
export interface FederatedTrace {
  readonly serviceName: string;
  /** A `Trace` of https://www.apollographql.com/docs/federation/metrics as its subgraph encoded it. */
  readonly trace: string;
}

/** For whom a subgraph is asked. */
export interface AskingContext {
  readonly identity?: Identity | undefined;
  /** What goes on of the client's headers. */
  readonly forwarded?: ForwardedHeaders | undefined;
  readonly trace?: Trace | undefined;
  /** Where traces of subgraphs are collected; subgraphs are asked for them only where there is such a place. */
  readonly federatedTraces?: FederatedTrace[] | undefined;
  /** The cancellation of the execution: requests that it alone waits for end with it. Without it, as in a mutation, they run to their end. */
  readonly cancellation?: Cancellation | undefined;
}

/** Makes what asks subgraphs, by the address of each; over one pool of connections for all. */
export type SubgraphClient = (urlOf: (subgraph: string) => string | undefined) => AskSubgraph<AskingContext>;

/** What subgraphs may answer with (GraphQL over HTTP, section 4.1), the better one first. */
const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';

/** https://www.apollographql.com/docs/federation/metrics: how a subgraph is asked for its trace. */
const INCLUDE_TRACE = { 'apollo-federation-include-trace': 'ftv1' };

/** The request that tells a slow operation from a subgraph that is away, and the longest time for its answer. */
const PROBE = { body: '{"query":"{__typename}"}' };
const PROBE_MS = 1_000;
const PROBES_WAITING = 16;

/** A subgraph at an address: what is known of it over all requests. */
interface Peer {
  readonly subgraph: string;
  readonly url: string;
  readonly connections: Connections;
  /** Path and query. */
  readonly target: string;
  readonly timeoutMs: number;
  readonly circuit: Circuit;
  readonly budget: RetryBudget;
  readonly meter: SubgraphMeter;
  /** Is told how long each request took. */
  readonly onEnd: (seconds: number) => void;
}

/**
 * A client of subgraphs over undici, with kept-alive connections that close with the process. Queries are retried, and a subgraph that
 * fails too often is left alone for a while, as docs/decisions/0018 has it.
 *
 * It rejects with an error that clients may see (the subgraph's name, never its address); the log has the rest.
 * Codes: `SUBGRAPH_UNAVAILABLE`, `SUBGRAPH_TIMEOUT`, `SUBGRAPH_OVERLOADED`, `SUBGRAPH_BAD_RESPONSE`, `SUBGRAPH_REFUSED` (the two do not share
 * a key, or their clocks are apart), `CANCELLED`.
 *
 * The operation's identity, when there is one, travels in a header that the signature covers. Of the client's headers travels what rules
 * forward, and its trace. Queries in progress that are equal, identity and forwarded headers included, share one request as long as no
 * mutation lies between them (docs/decisions/0018). A query's request is cancelled once all who wait for it are.
 */
export function createSubgraphClient(ctx: ProcessContext, options: SubgraphClientOptions): SubgraphClient {
  const {
    timeoutMs,
    timeoutsMs,
    maxWaiting = Number.POSITIVE_INFINITY,
    idleMs = 1_000,
    retry,
    sharing,
    signingKey,
  } = options;
  const exchange = createHttpExchange({ connectTimeoutMs: Math.min(timeoutMs, 2_000), maxWaiting, idleMs });
  ctx.onStop('subgraph connections', () => exchange.close());
  // Connections of their own: those of operations may all wait for answers.
  const probes = createHttpExchange({ connectTimeoutMs: PROBE_MS, maxWaiting: PROBES_WAITING, idleMs });
  ctx.onStop('probes of subgraphs', () => probes.close());
  const meterOf = createSubgraphMetrics(ctx.metrics);
  const circuitOf = createCircuits(ctx.metrics, options.circuit, (subgraph, isOpen) => {
    if (isOpen) ctx.logger.error({ subgraph }, 'a subgraph fails too often: it is not asked for a while');
    else ctx.logger.info({ subgraph }, 'a subgraph answers again');
  });
  const peers = new Map<string, Peer>();

  function peerAt(subgraph: string, url: string): Peer {
    const key = `${subgraph} ${url}`;
    const known = peers.get(key);
    if (known !== undefined) return known;
    const { origin, pathname, search } = new URL(url);
    const meter = meterOf(subgraph);
    const peer: Peer = {
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

  function headersOf(
    { subgraph, target }: Peer,
    { body }: Pick<SubgraphRequest, 'body'>,
    { forwarded, federatedTraces }: AskingContext,
    identity: string | undefined,
    part: Trace | undefined,
  ): Record<string, string> {
    const headers = signingKey
      ? signRequest({ method: 'POST', target, body, subgraph, identity }, signingKey)
      : identity === undefined
        ? {}
        : { [IDENTITY_HEADER]: identity };
    headers['content-type'] = 'application/json';
    headers.accept = ACCEPT;
    headers['accept-encoding'] = ACCEPT_ENCODING;
    if (part !== undefined) Object.assign(headers, part.headers);
    if (federatedTraces !== undefined) Object.assign(headers, INCLUDE_TRACE);
    return forwarded === undefined ? headers : { ...forwarded.to(subgraph).headers, ...headers };
  }

  /** Requests what every subgraph answers at once, whatever its stores do. */
  function probe(peer: Peer): Promise<HttpAnswer> {
    const headers = headersOf(peer, PROBE, {}, undefined, undefined);
    const deadline = performance.now() + Math.min(peer.timeoutMs / 4, PROBE_MS);
    const { origin } = new URL(peer.url);
    return probes.to(origin).post({ target: peer.target, headers, body: PROBE.body, mayRepeat: true, deadline });
  }

  function send(
    peer: Peer,
    request: SubgraphRequest,
    context: AskingContext,
    identity: string | undefined,
    part: Trace | undefined,
    cancellation: Cancellation | undefined,
  ): Promise<HttpAnswer> {
    const { connections, target, circuit, meter, budget } = peer;
    const deadline = performance.now() + peer.timeoutMs;
    const attempt = () => {
      if (cancellation?.isCancelled) return Promise.reject(new Cancelled());
      meter.requests.inc();
      const headers = headersOf(peer, request, context, identity, part);
      return connections.post({
        target,
        headers,
        body: request.body,
        mayRepeat: !request.isMutation,
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
    const inFlight = new InFlight<HttpAnswer, Trace | undefined>();
    const known = new Map<string, Peer>();

    function peerOf(subgraph: string): Peer {
      const peer = known.get(subgraph);
      if (peer !== undefined) return peer;
      const url = urlOf(subgraph);
      if (url === undefined) throw new Error('the supergraph gives it no address');
      const made = peerAt(subgraph, url);
      known.set(subgraph, made);
      return made;
    }

    /** Each who asks makes a value of the answer for itself. */
    function answerTo(
      peer: Peer,
      request: SubgraphRequest,
      context: AskingContext,
      part: Trace | undefined,
    ): Promise<HttpAnswer> {
      const identity = context.identity && encodeIdentity(context.identity);
      const waiter = request.isMutation || request.followsWrite ? undefined : context.cancellation;
      const sent = (cancellation = waiter && waitedForBy(waiter)) =>
        send(peer, request, context, identity, part, cancellation);
      if (request.isMutation) return sharing === undefined ? sent() : write(sharing, sent);
      if (waiter?.isCancelled) return Promise.reject(new Cancelled());
      const epoch = sharing?.epoch;
      if (epoch === undefined || request.followsWrite === true) return sent();
      // A trace is not of what is asked: the first one's goes with the request.
      const asking = `${peer.url}\n${identity ?? ''}\n${context.federatedTraces === undefined ? '' : 'ftv1'}`;
      const key = `${asking}\n${context.forwarded?.to(peer.subgraph).key ?? ''}\n${request.body}`;
      const equal = inFlight.find(key, epoch);
      if (equal === undefined) {
        const cancellation = waitedForBy(waiter);
        return inFlight.add(key, epoch, sent(cancellation), part, cancellation);
      }
      equal.cancellation.addWaiter(waiter);
      peer.meter.shared.inc();
      if (equal.note !== undefined) part?.link(equal.note);
      return equal.result;
    }

    return async (request, context) => {
      const { subgraph } = request;
      const part = context.trace?.begin(subgraph, { attributes: attributesOf(request), isRequest: true });
      try {
        const answer = parseAnswer(graphqlText(await answerTo(peerOf(subgraph), request, context, part)));
        const { ftv1 } = (answer.extensions ?? {}) as { ftv1?: unknown };
        if (typeof ftv1 === 'string') context.federatedTraces?.push({ serviceName: subgraph, trace: ftv1 });
        part?.end(Array.isArray(answer.errors) && answer.errors.length > 0 ? { error: 'graphql' } : undefined);
        return answer;
      } catch (error) {
        const code = faultOf(error);
        const isCancelled = code === 'CANCELLED';
        part?.end(isCancelled ? { attributes: { 'marquee.cancelled': true } } : { error: code });
        const isRefused = isRefusedByCircuit(error) || code === 'SUBGRAPH_OVERLOADED';
        if (isRefused) known.get(subgraph)?.meter.refused.inc();
        ctx.logger[isRefused || isCancelled ? 'debug' : 'warn'](
          { err: error, subgraph, url: urlOf(subgraph), code, ...(context.trace && { trace_id: context.trace.id }) },
          'a request to a subgraph failed',
        );
        throw {
          message: faultMessage(error, code, subgraph),
          extensions: { code, serviceName: subgraph },
        } satisfies AnswerError;
      }
    };
  };
}

function waitedForBy(waiter: Cancellation | undefined): Cancellation {
  const cancellation = new Cancellation();
  cancellation.addWaiter(waiter);
  return cancellation;
}

async function write(writes: Writes, sent: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  await writes.begin();
  try {
    return await sent();
  } finally {
    writes.end();
  }
}

function attributesOf({ subgraph, isMutation, representations }: SubgraphRequest) {
  return {
    'server.address': subgraph,
    'graphql.operation.type': isMutation ? 'mutation' : 'query',
    ...(representations !== undefined && { 'marquee.representations': representations }),
  };
}
