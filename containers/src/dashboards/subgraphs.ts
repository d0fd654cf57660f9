import { type Dashboard, processPanels, quantiles } from './dashboard.ts';

export const subgraphs: Dashboard = {
  uid: 'marquee-subgraphs',
  title: 'Marquee: subgraphs',
  panels: [
    {
      title: 'SQL statements',
      description: 'Without transactions, settings and readiness checks.',
      unit: 'ops',
      queries: [{ expr: 'sum by (service) (rate(marquee_sql_statements_total[5m]))', legend: '{{service}}' }],
    },
    {
      title: 'Time of SQL statements',
      description: 'From sending a statement to the end of its result.',
      unit: 's',
      queries: quantiles('marquee_sql_statement_seconds', 'service'),
    },
    {
      title: 'Database connections',
      description: 'Of the pools of a process: open ones that run a statement, and idle ones.',
      unit: 'short',
      queries: [
        { expr: 'sum by (service, state) (marquee_database_pool_connections)', legend: '{{service}} {{state}}' },
      ],
    },
    {
      title: 'Waiting for a connection',
      description: 'Statements and transactions for which no connection is free.',
      unit: 'short',
      queries: [{ expr: 'sum by (service) (marquee_database_pool_waiting)', legend: '{{service}}' }],
    },
    {
      title: 'Requests refused',
      description: 'Requests that the gateway did not sign.',
      unit: 'short',
      queries: [
        {
          expr: 'sum by (service, reason) (increase(marquee_refused_requests_total[5m]))',
          legend: '{{service}} {{reason}}',
        },
      ],
    },
    {
      title: 'Change feeds of subscriptions',
      description: '1 when the feed reads its topic.',
      unit: 'short',
      queries: [{ expr: 'min by (service) (marquee_change_feed_up)', legend: '{{service}}' }],
    },
    ...processPanels('service!~"gateway|ingest"'),
  ],
};
