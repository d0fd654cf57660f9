import type { Registry } from '@marquee/runtime/metrics';
import { Counter, Histogram } from 'prom-client';

/** The metrics of one subgraph, with labels resolved once. */
export interface SubgraphMeter {
  readonly requests: Counter.Internal;
  readonly shared: Counter.Internal;
  readonly retries: Counter.Internal;
  readonly retriesWithheld: Counter.Internal;
  readonly refused: Counter.Internal;
  readonly seconds: Histogram.Internal<string>;
}

/** Registers the metrics of requests to subgraphs. */
export function createSubgraphMetrics(registry: Registry): (subgraph: string) => SubgraphMeter {
  const registers = [registry];
  const labelNames = ['subgraph'] as const;
  const requests = new Counter({
    name: 'marquee_subgraph_requests_total',
    help: 'Requests sent to subgraphs, each retry included.',
    labelNames,
    registers,
  });
  const shared = new Counter({
    name: 'marquee_subgraph_requests_shared_total',
    help: 'Queries that shared the request of an equal query in progress.',
    labelNames,
    registers,
  });
  const retries = new Counter({
    name: 'marquee_subgraph_retries_total',
    help: 'Failed queries that could be retried: sent, or withheld by the retry budget.',
    labelNames: ['subgraph', 'outcome'] as const,
    registers,
  });
  const refused = new Counter({
    name: 'marquee_subgraph_requests_refused_total',
    help: 'Requests that were not sent: the circuit of the subgraph is open, or too many requests wait for it.',
    labelNames,
    registers,
  });
  const seconds = new Histogram({
    name: 'marquee_subgraph_request_seconds',
    help: 'Time from sending a request to a subgraph to the end of its response, failures included.',
    labelNames,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  return (subgraph) => {
    // Exposed as 0, so that an increase to 1 is seen as one.
    for (const counter of [requests, shared, refused]) counter.inc({ subgraph }, 0);
    for (const outcome of ['sent', 'withheld']) retries.inc({ subgraph, outcome }, 0);
    return meterOf(subgraph);
  };

  function meterOf(subgraph: string): SubgraphMeter {
    return {
      requests: requests.labels(subgraph),
      shared: shared.labels(subgraph),
      retries: retries.labels(subgraph, 'sent'),
      retriesWithheld: retries.labels(subgraph, 'withheld'),
      refused: refused.labels(subgraph),
      seconds: seconds.labels(subgraph),
    };
  }
}
