import { type Dashboard, quantiles } from './dashboard.ts';

export const pipeline: Dashboard = {
  uid: 'marquee-pipeline',
  title: 'Marquee: pipeline',
  panels: [
    {
      title: 'Lag',
      description: 'Records that a group has not applied.',
      unit: 'short',
      queries: [
        {
          expr: 'sum by (group) (marquee_event_log_lag_records{group!~".*-subscriptions"})',
          legend: '{{group}}',
        },
      ],
    },
    {
      title: 'Stalled partitions',
      description: 'Partitions with records, of which none has been applied for 20 s.',
      unit: 'short',
      queries: [
        { expr: 'max by (group, topic) (marquee_event_log_stalled_partitions)', legend: '{{group}} {{topic}}' },
      ],
    },
    {
      title: 'Records applied',
      description: 'By what became of them.',
      unit: 'ops',
      queries: [
        {
          expr: 'sum by (service, outcome) (rate(marquee_inbox_records_total[5m]))',
          legend: '{{service}} {{outcome}}',
        },
      ],
    },
    {
      title: 'Time of batches',
      description: 'To apply a batch, with its commit.',
      unit: 's',
      queries: quantiles('marquee_inbox_batch_seconds', 'service'),
    },
    {
      title: 'Failed batches',
      description: 'They are tried again until they succeed.',
      unit: 'short',
      queries: [{ expr: 'sum by (service) (increase(marquee_inbox_batch_failures_total[5m]))', legend: '{{service}}' }],
    },
    {
      title: 'Dead letters',
      description: 'Published in 5 minutes, and those that wait for a replay.',
      unit: 'short',
      queries: [
        {
          expr: 'sum by (service) (increase(marquee_inbox_records_total{outcome="dead_letter"}[5m]))',
          legend: '{{service}} published',
        },
        { expr: 'max by (service, topic) (marquee_dead_letters_waiting)', legend: '{{topic}} waiting' },
      ],
    },
    {
      title: 'Age of the outbox',
      description: 'Of the oldest change that is not published.',
      unit: 's',
      queries: [{ expr: 'max by (service) (marquee_outbox_oldest_age_seconds)', legend: '{{service}}' }],
    },
    {
      title: 'Outbox',
      description: 'Changes that are not published, and those published a second.',
      unit: 'short',
      queries: [
        { expr: 'max by (service) (marquee_outbox_pending_rows)', legend: '{{service}} pending' },
        { expr: 'sum by (service) (rate(marquee_outbox_records_sent_total[5m]))', legend: '{{service}} a second' },
      ],
    },
    {
      title: 'Active relays',
      description: 'Consumers of a subgraph that publish its changes: 1.',
      unit: 'short',
      queries: [{ expr: 'sum by (service) (marquee_outbox_relay_active)', legend: '{{service}}' }],
    },
  ],
};
