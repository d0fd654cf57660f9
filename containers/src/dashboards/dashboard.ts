/** A query of a panel. */
export interface Query {
  readonly expr: string;
  /** Name of a series; `{{label}}` is replaced by the label's value. */
  readonly legend: string;
}

/** A graph over time. */
export interface Panel {
  readonly title: string;
  readonly description: string;
  /** https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit */
  readonly unit: 'reqps' | 's' | 'percentunit' | 'short' | 'bytes' | 'ops';
  readonly queries: readonly Query[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

const DATASOURCE = { type: 'prometheus', uid: 'prometheus' };
const [WIDTH, HEIGHT] = [12, 8];

/** Returns Grafana's JSON of a dashboard, with two panels a row. */
export function grafanaJson({ uid, title, panels }: Dashboard): string {
  const dashboard = {
    uid,
    title,
    tags: ['marquee'],
    timezone: 'utc',
    schemaVersion: 41,
    version: 1,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    links: [
      { type: 'dashboards', tags: ['marquee'], title: 'Marquee', asDropdown: true, includeVars: true, keepTime: true },
    ],
    panels: panels.map((panel, index) => ({
      id: index + 1,
      title: panel.title,
      description: panel.description,
      type: 'timeseries',
      datasource: DATASOURCE,
      gridPos: { h: HEIGHT, w: WIDTH, x: (index % 2) * WIDTH, y: Math.floor(index / 2) * HEIGHT },
      fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
      targets: panel.queries.map(({ expr, legend }, query) => ({
        refId: String.fromCharCode(65 + query),
        expr,
        legendFormat: legend,
      })),
    })),
  };
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

/**
 * Returns queries of the middle, the slowest in 20 and the slowest in 100 of a histogram.
 *
 * @param by label by which series are separated
 * @param matchers label matchers, without braces
 */
export function quantiles(histogram: string, by?: string, matchers = ''): Query[] {
  const labels = by === undefined ? 'le' : `${by}, le`;
  const buckets = `sum by (${labels}) (rate(${histogram}_bucket${matchers && `{${matchers}}`}[5m]))`;
  return [0.5, 0.95, 0.99].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, ${buckets})`,
    legend: `${by === undefined ? '' : `{{${by}}} `}p${quantile * 100}`,
  }));
}

/** Returns the panels of a dashboard that show the resources of processes. */
export function processPanels(matchers: string): Panel[] {
  const one = (title: string, description: string, unit: Panel['unit'], expr: string): Panel => ({
    title,
    description,
    unit,
    queries: [{ expr, legend: '{{service}} {{instance}}' }],
  });
  return [
    one('Memory', 'Resident, of each process.', 'bytes', `process_resident_memory_bytes{${matchers}}`),
    one('Processor', 'Cores, of each process.', 'short', `rate(process_cpu_seconds_total{${matchers}}[5m])`),
    one('Event loop', 'Lag, the longest in 100.', 's', `nodejs_eventloop_lag_p99_seconds{${matchers}}`),
  ];
}
