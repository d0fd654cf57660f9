import { type Dashboard, processPanels, quantiles } from './dashboard.ts';

export const gateway: Dashboard = {
  uid: 'marquee-gateway',
  title: 'Marquee: gateway',
  panels: [
    {
      title: 'Requests by operation',
      description: 'The 10 most frequent operations.',
      unit: 'reqps',
      queries: [
        {
          expr: 'topk(10, sum by (operation) (rate(marquee_operation_seconds_count[5m])))',
          legend: '{{operation}}',
        },
      ],
    },
    {
      title: 'Requests by outcome',
      description: 'Clients can avoid errors and refusals; failures are ours.',
      unit: 'reqps',
      queries: [{ expr: 'sum by (outcome) (rate(marquee_operation_seconds_count[5m]))', legend: '{{outcome}}' }],
    },
    {
      title: 'Response time',
      description: 'From the headers of a request to its response.',
      unit: 's',
      queries: quantiles('marquee_operation_seconds', undefined, 'outcome!="cancelled"'),
    },
    {
      title: 'Response time by operation',
      description: 'The slowest in 20, of the 10 slowest operations.',
      unit: 's',
      queries: [
        {
          expr: 'topk(10, histogram_quantile(0.95, sum by (operation, le) (rate(marquee_operation_seconds_bucket{outcome!="cancelled"}[5m]))))',
          legend: '{{operation}}',
        },
      ],
    },
    {
      title: 'Error budgets',
      description:
        'Part of the requests of the last hour that failed (objective 0.1 %) or took more than 0.5 s (objective 1 %).',
      unit: 'percentunit',
      queries: [
        { expr: 'marquee:request_failures:ratio_rate1h', legend: 'failed' },
        { expr: 'marquee:slow_requests:ratio_rate1h', legend: 'slow' },
      ],
    },
    {
      title: 'Errors by code',
      description: 'Errors in responses: one response can have several.',
      unit: 'ops',
      queries: [{ expr: 'sum by (code) (rate(marquee_operation_errors_total[5m]))', legend: '{{code}}' }],
    },
    {
      title: 'Planning time',
      description: 'Of operations that are not cached.',
      unit: 's',
      queries: quantiles('marquee_planning_seconds', undefined, 'outcome="planned"'),
    },
    {
      title: 'Planning',
      description: 'Plannings by outcome, those that wait, and those that were turned away.',
      unit: 'short',
      queries: [
        { expr: 'sum by (outcome) (increase(marquee_planning_seconds_count[5m]))', legend: '{{outcome}}' },
        { expr: 'sum(marquee_plannings_waiting)', legend: 'waiting' },
        { expr: 'sum(increase(marquee_plannings_turned_away_total[5m]))', legend: 'turned away' },
      ],
    },
    {
      title: 'Requests to subgraphs',
      description: 'Sent, and those that shared the request of an equal query.',
      unit: 'reqps',
      queries: [
        { expr: 'sum by (subgraph) (rate(marquee_subgraph_requests_total[5m]))', legend: '{{subgraph}}' },
        { expr: 'sum by (subgraph) (rate(marquee_subgraph_requests_shared_total[5m]))', legend: '{{subgraph}} shared' },
      ],
    },
    {
      title: 'Time of requests to subgraphs',
      description: 'From sending a request to the end of its response.',
      unit: 's',
      queries: quantiles('marquee_subgraph_request_seconds', 'subgraph'),
    },
    {
      title: 'Retries, refusals and circuits',
      description: 'Retried requests, those that were not sent, and circuits: 0 closed, 1 half-open, 2 open.',
      unit: 'short',
      queries: [
        {
          expr: 'sum by (subgraph, outcome) (increase(marquee_subgraph_retries_total[5m]))',
          legend: '{{subgraph}} retries {{outcome}}',
        },
        {
          expr: 'sum by (subgraph) (increase(marquee_subgraph_requests_refused_total[5m]))',
          legend: '{{subgraph}} refused',
        },
        { expr: 'max by (subgraph) (marquee_subgraph_circuit_state)', legend: '{{subgraph}} circuit' },
      ],
    },
    {
      title: 'Operation cache',
      description: 'Part of the lookups that found an operation.',
      unit: 'percentunit',
      queries: [
        {
          expr: 'sum(rate(marquee_operation_cache_hits_total[5m])) / (sum(rate(marquee_operation_cache_hits_total[5m])) + sum(rate(marquee_operation_cache_misses_total[5m])))',
          legend: 'hits',
        },
      ],
    },
    {
      title: 'Size of the operation cache',
      description: 'Approximate, of each process.',
      unit: 'bytes',
      queries: [{ expr: 'marquee_operation_cache_bytes', legend: '{{instance}}' }],
    },
    {
      title: 'Subscriptions',
      description: 'Open ones by transport.',
      unit: 'short',
      queries: [
        { expr: 'sum by (transport) (marquee_subscriptions_active{service="gateway"})', legend: '{{transport}}' },
      ],
    },
    ...processPanels('service="gateway"'),
  ],
};
