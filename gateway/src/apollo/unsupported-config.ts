import type { GatewayConfig } from '@apollo/gateway';
import { MarqueeError } from '@marquee/runtime/errors';

/** Reasons by path of the option. */
type Refusals = Record<string, string>;

/**
 * Rejects options that the gateway would otherwise ignore.
 *
 * @throws MarqueeError `UNSUPPORTED_OPTION`, with all of them
 */
export function rejectUnsupported({ queryPlannerConfig = {} }: GatewayConfig): void {
  const { generateQueryFragments, reuseQueryFragments, incrementalDelivery } = queryPlannerConfig;
  const refusals: Refusals = {};
  if (generateQueryFragments) {
    refusals['queryPlannerConfig.generateQueryFragments'] = 'operations for subgraphs are compiled without fragments';
  }
  if (reuseQueryFragments) {
    refusals['queryPlannerConfig.reuseQueryFragments'] = 'operations for subgraphs are compiled without fragments';
  }
  if (incrementalDelivery?.enableDefer) {
    refusals['queryPlannerConfig.incrementalDelivery.enableDefer'] =
      'Apollo Server takes one response from a gateway; without this option the schema has no @defer';
  }
  const texts = Object.entries(refusals).map(([option, reason]) => `${option}: ${reason}`);
  if (texts.length === 0) return;
  throw new MarqueeError('UNSUPPORTED_OPTION', `CompiledGateway does not support ${texts.join('; ')}.`);
}
