import { SERVICE_ACCESS } from '@marquee/events/service-access';
import { loadConfig } from '@marquee/runtime/config';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import type { ProcessContext } from '@marquee/runtime/process';
import { z } from 'zod';
import { eventLogFields, kafkaCluster } from './configuration.ts';
import type { AclChange } from './kafka/kafkajs/acl-administration.ts';

const configuration = z.object({ ...eventLogFields, KAFKA_USER_PREFIX: z.string().default('kafka-') });

/**
 * Compares the ACLs of the services' users with the access that the services need, prints the differences, and creates missing ACLs when
 * asked to.
 *
 * @throws MarqueeError `ACLS_DIFFER` (exit code 4) for a plan with changes; `ACLS_REFUSED` (exit code 1) after an application that left
 * ACLs to the operator
 */
export async function runAclsCommand(
  { apply, json }: { readonly apply: boolean; readonly json: boolean },
  ctx: ProcessContext,
): Promise<void> {
  const config = loadConfig(configuration);
  const cluster = await kafkaCluster(config, ctx);
  // Imports kafkajs, which `migrate` does not need.
  const { createAclAdministration } = await import('./kafka/kafkajs/acl-administration.ts');
  const administration = createAclAdministration(cluster, SERVICE_ACCESS, config.KAFKA_USER_PREFIX);
  const changes = await (apply ? administration.apply() : administration.plan());
  process.stdout.write(json ? `${JSON.stringify(changes)}\n` : changes.map(line).join(''));
  const excess = changes.filter(({ action }) => action === 'refuse').length;
  const missing = changes.length - excess;
  if (apply && excess > 0) {
    throw new MarqueeError(
      'ACLS_REFUSED',
      `Created ${missing} ACLs; ${excess} that no service needs are left to an operator.`,
    );
  }
  if (!apply && changes.length > 0) {
    const message = `The ACLs differ from the access of the services: ${missing} are missing, ${excess} are not needed.`;
    throw new MarqueeError('ACLS_DIFFER', message, { exitCode: EXIT.different });
  }
}

function line({ principal, type, name, patternType, operation, action }: AclChange): string {
  const remedy = action === 'refuse' ? '  (not needed: kafka-acls.sh --remove)' : '';
  return `${action.padEnd(6)}  ${principal}  ${operation} ${type} ${name} (${patternType})${remedy}\n`;
}
