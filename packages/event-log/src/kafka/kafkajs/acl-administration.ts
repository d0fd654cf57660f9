import type { AclOperation, Grant, ServiceAccess } from '@marquee/events/service-access';
import kafkajs, { type Admin } from 'kafkajs';
import { DEFAULT_WAIT_MS, type KafkaConnection } from '../connection.ts';
import { createWithAdmin } from '../with-admin.ts';
import { openKafkajsAdmin } from './admin.ts';

// CommonJS of a form in which Node does not detect these named exports.
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

/** A difference between the ACLs of a cluster and the access of the services. */
export interface AclChange {
  readonly principal: string;
  readonly type: string;
  readonly name: string;
  readonly patternType: string;
  readonly operation: string;
  /** `create`: missing. `refuse`: more than the service needs; an operator removes it, since a running process may use it. */
  readonly action: 'create' | 'refuse';
}

type Binding = Omit<AclChange, 'action'>;

const TYPES = { topic: AclResourceTypes.TOPIC, group: AclResourceTypes.GROUP } as const;
const PATTERNS = { literal: ResourcePatternTypes.LITERAL, prefix: ResourcePatternTypes.PREFIXED } as const;
const OPERATIONS: Readonly<Record<AclOperation, number>> = {
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
  Create: AclOperationTypes.CREATE,
  Describe: AclOperationTypes.DESCRIBE,
  DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
};

/** Compares the ACLs of the services' users with their access, and creates the missing ones. */
interface AclAdministration {
  plan(): Promise<AclChange[]>;
  /** Returns the plan that it followed. */
  apply(): Promise<AclChange[]>;
}

/** Returns the administration of these ACLs. `prefix` is that of topics and groups, and `userPrefix` that of the users' names. */
export function createAclAdministration(
  connection: KafkaConnection & { readonly prefix: string },
  access: readonly ServiceAccess[],
  userPrefix: string,
): AclAdministration {
  const { waitMs = DEFAULT_WAIT_MS, prefix } = connection;
  const withAdmin = createWithAdmin(connection, openKafkajsAdmin);
  const required = access.flatMap(({ service, grants }) =>
    grants.flatMap((grant) => bindingsOf(`User:${userPrefix}${service}`, { ...grant, name: `${prefix}${grant.name}` })),
  );

  async function plan(): Promise<AclChange[]> {
    const principals = [...new Set(required.map(({ principal }) => principal))];
    const existing = await withAdmin(waitMs, '', (admin) => describeBindings(admin, principals));
    const without = (bindings: readonly Binding[], others: readonly Binding[]) => {
      const keys = new Set(others.map(keyOf));
      return bindings.filter((binding) => !keys.has(keyOf(binding)));
    };
    return [
      ...without(required, existing).map((binding) => ({ ...binding, action: 'create' as const })),
      ...without(existing, required).map((binding) => ({ ...binding, action: 'refuse' as const })),
    ];
  }

  return {
    plan,
    apply: async () => {
      const changes = await plan();
      const missing = changes.filter(({ action }) => action === 'create');
      if (missing.length > 0) await withAdmin(waitMs, '', (admin) => createBindings(admin, missing));
      return changes;
    },
  };
}

function bindingsOf(principal: string, { type, name, patternType, operations }: Grant): Binding[] {
  return operations.map((operation) => ({ principal, type, name, patternType, operation }));
}

const keyOf = ({ principal, type, name, patternType, operation }: Binding) =>
  JSON.stringify([principal, type, name, patternType, operation]);

async function describeBindings(admin: Admin, principals: readonly string[]): Promise<Binding[]> {
  const bindings: Binding[] = [];
  for (const principal of principals) {
    const { resources } = await admin.describeAcls({
      principal,
      resourceType: AclResourceTypes.ANY,
      resourcePatternType: ResourcePatternTypes.ANY,
      operation: AclOperationTypes.ANY,
      permissionType: AclPermissionTypes.ALLOW,
    });
    for (const { resourceType, resourceName: name, resourcePatternType, acls } of resources) {
      const [type, patternType] = [nameIn(TYPES, resourceType), nameIn(PATTERNS, resourcePatternType)];
      bindings.push(
        ...acls.map(({ operation }) => ({
          principal,
          type,
          name,
          patternType,
          operation: nameIn(OPERATIONS, operation),
        })),
      );
    }
  }
  return bindings;
}

/** Returns the name of a number of the protocol, or the number where no service needs what it stands for. */
function nameIn(names: Readonly<Record<string, number>>, value: number): string {
  return Object.entries(names).find(([, number]) => number === value)?.[0] ?? String(value);
}

async function createBindings(admin: Admin, bindings: readonly Binding[]): Promise<void> {
  await admin.createAcls({
    acl: bindings.map(({ principal, type, name, patternType, operation }) => ({
      principal,
      host: '*',
      resourceType: TYPES[type as Grant['type']],
      resourceName: name,
      resourcePatternType: PATTERNS[patternType as Grant['patternType']],
      operation: OPERATIONS[operation as AclOperation],
      permissionType: AclPermissionTypes.ALLOW,
    })),
  });
}
