import { type Dashboard, processPanels } from './dashboard.ts';

export const ingest: Dashboard = {
  uid: 'marquee-ingest',
  title: 'Marquee: ingest',
  panels: [
    {
      title: 'Requests to TMDb',
      description: 'By status, with the rate that all replicas may send.',
      unit: 'reqps',
      queries: [
        { expr: 'sum by (outcome) (rate(marquee_ingest_requests_total[5m]))', legend: '{{outcome}}' },
        { expr: 'max(marquee_ingest_rate_requests_per_second)', legend: 'allowed' },
      ],
    },
    {
      title: 'Requests in flight',
      description: 'Requests to TMDb, and entities that are requested or published.',
      unit: 'short',
      queries: [
        { expr: 'sum(marquee_ingest_in_flight_requests)', legend: 'requests' },
        { expr: 'sum(marquee_ingest_entities_in_progress)', legend: 'entities' },
      ],
    },
    {
      title: 'Movies and persons ingested',
      description: 'By result.',
      unit: 'ops',
      queries: [
        { expr: 'sum by (kind, result) (rate(marquee_ingest_entities_total[5m]))', legend: '{{kind}} {{result}}' },
      ],
    },
    {
      title: 'Queue',
      description: 'Movies and persons by state.',
      unit: 'short',
      queries: [
        { expr: 'max by (kind, state, lane) (marquee_ingest_queue_entities)', legend: '{{kind}} {{state}} {{lane}}' },
      ],
    },
    {
      title: 'Overdue, and age of the oldest',
      description: 'Time for which the longest waiting entity has been due, and since the oldest was refreshed.',
      unit: 's',
      queries: [
        { expr: 'max(marquee_ingest_behind_seconds)', legend: 'overdue' },
        { expr: 'max by (kind) (marquee_ingest_oldest_refresh_seconds)', legend: 'oldest {{kind}}' },
      ],
    },
    {
      title: 'Failures',
      description: 'Failed requests by code, and entities whose last request failed.',
      unit: 'short',
      queries: [
        { expr: 'sum by (kind, code) (increase(marquee_ingest_failures_total[5m]))', legend: '{{kind}} {{code}}' },
        {
          expr: 'max by (kind, code) (marquee_ingest_failed_entities) or vector(0)',
          legend: '{{kind}} {{code}} last failed',
        },
      ],
    },
    {
      title: 'Throttling',
      description: 'Pauses after a 429, in 5 minutes.',
      unit: 's',
      queries: [{ expr: 'max(delta(marquee_ingest_throttled_seconds[5m]))', legend: 'paused' }],
    },
    ...processPanels('service="ingest"'),
  ],
};
