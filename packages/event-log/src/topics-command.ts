import { ALL_TOPICS } from '@marquee/events/all-topics';
import { loadConfig } from '@marquee/runtime/config';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import type { ProcessContext } from '@marquee/runtime/process';
import { z } from 'zod';
import { eventLogFields, kafkaCluster } from './configuration.ts';
import type { TopicChange } from './kafka/topic-plan.ts';

interface TopicsOptions {
  readonly apply: boolean;
  readonly json: boolean;
}

/**
 * Compares the topics of the cluster with their definitions, prints the differences, and applies them when asked to.
 *
 * @throws MarqueeError `TOPICS_DIFFER` (exit code 4) for a plan with changes; `TOPICS_REFUSED` (exit code 1) after an application that left
 * changes to the operator
 */
export async function runTopicsCommand({ apply, json }: TopicsOptions, ctx: ProcessContext): Promise<void> {
  const cluster = await kafkaCluster(loadConfig(z.object(eventLogFields)), ctx);
  const topics = ALL_TOPICS.map((topic) => ({ ...topic, name: `${cluster.prefix}${topic.name}` }));
  // Imports kafkajs, which `migrate` does not need.
  const { createTopicAdministration } = await import('./kafka/kafkajs/topic-administration.ts');
  const administration = createTopicAdministration(cluster, topics, cluster);
  const changes = await (apply ? administration.apply() : administration.plan());
  process.stdout.write(json ? `${JSON.stringify(changes)}\n` : changes.map(line).join(''));
  const refused = changes.filter(({ action }) => action === 'refuse').length;
  const applicable = changes.filter(({ action }) => action === 'create' || action === 'set').length;
  if (apply && refused > 0) {
    throw new MarqueeError('TOPICS_REFUSED', `Applied ${applicable} changes; ${refused} are left to an operator.`);
  }
  if (!apply && applicable + refused > 0) {
    const message = `The topics differ from their definitions: ${applicable} changes to apply, ${refused} for an operator.`;
    throw new MarqueeError('TOPICS_DIFFER', message, { exitCode: EXIT.different });
  }
}

function line({ topic, property, from, to, action, note }: TopicChange): string {
  const change = from === null ? to : `${from} -> ${to}`;
  return `${action.padEnd(6)}  ${topic}  ${property}: ${change}${note === undefined ? '' : `  (${note})`}\n`;
}
