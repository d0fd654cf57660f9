import { integer, loadConfig, port, serviceFields } from '@marquee/runtime/config';
import { z } from 'zod';

const subgraphUrls = z
  .string()
  .default('')
  .transform((text, issues) => {
    const urls = new Map<string, string>();
    for (const entry of text.split(',').map((part) => part.trim())) {
      if (entry === '') continue;
      const [name = '', url = ''] = entry.split(/=(.*)/s).map((part) => part.trim());
      if (name === '' || !/^https?:\/\/[^/]/.test(url) || !URL.canParse(url) || urls.has(name)) {
        issues.addIssue(`must be name=http://host:port/path,… with each name once; ${JSON.stringify(entry)} is not`);
        continue;
      }
      urls.set(name, url);
    }
    return urls;
  });

const schema = z.object({
  ...serviceFields,
  SUPERGRAPH: z.string({ error: 'is not set: give the supergraph file here or with --supergraph' }),
  PORT: port(4000),
  /** Addresses in place of those of the supergraph, by subgraph. */
  SUBGRAPH_URLS: subgraphUrls,
  SUBGRAPH_TIMEOUT_MS: integer({ min: 1, max: 600_000, default: 10_000 }),
  /** `development` shows clients what went wrong, stack traces included. */
  NODE_ENV: z.string().default('production'),
});

export type GatewayConfig = z.output<typeof schema>;

/** The gateway's configuration; throws MarqueeError `INVALID_CONFIG`. */
export function gatewayConfig(env: Readonly<Record<string, string | undefined>>): GatewayConfig {
  return loadConfig(schema, env);
}
