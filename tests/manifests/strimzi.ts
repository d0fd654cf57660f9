import { z } from 'zod';
import type { Manifest } from './manifest.ts';

// No package of npm carries Strimzi's CRDs. These are the fields that are used here, as its reference documents them
// (https://strimzi.io/docs/operators/latest/configuring): any other is a mistake until it is looked up there and added.

const peer = z.strictObject({ podSelector: z.object({}).optional(), namespaceSelector: z.object({}).optional() });

const listener = z.strictObject({
  name: z.string().regex(/^[a-z0-9]{1,11}$/),
  // 9090, 9091, 9404 and 9999 are Strimzi's own.
  port: z
    .number()
    .int()
    .min(9092)
    .refine((port) => ![9404, 9999].includes(port)),
  type: z.enum(['internal', 'route', 'loadbalancer', 'nodeport', 'ingress', 'cluster-ip']),
  tls: z.boolean(),
  authentication: z.strictObject({ type: z.enum(['tls', 'scram-sha-512', 'custom']) }).optional(),
  networkPolicyPeers: z.array(peer).optional(),
});

const resources = z.strictObject({
  requests: z.record(z.enum(['cpu', 'memory']), z.string()).optional(),
  limits: z.partialRecord(z.enum(['cpu', 'memory']), z.string()).optional(),
});

const acl = z.strictObject({
  resource: z.strictObject({
    type: z.enum(['topic', 'group', 'cluster', 'transactionalId']),
    name: z.string().min(1),
    patternType: z.enum(['literal', 'prefix']),
  }),
  operations: z.array(
    z.enum(['Read', 'Write', 'Create', 'Delete', 'Alter', 'Describe', 'AlterConfigs', 'DescribeConfigs', 'All']),
  ),
});

const specs: Readonly<Record<string, z.ZodType>> = {
  Kafka: z.strictObject({
    kafka: z.strictObject({
      listeners: z.array(listener).min(1),
      authorization: z.strictObject({ type: z.enum(['simple', 'opa', 'keycloak', 'custom']) }),
      config: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    }),
    entityOperator: z.strictObject({ topicOperator: z.strictObject({}), userOperator: z.strictObject({}) }),
  }),
  KafkaNodePool: z.strictObject({
    replicas: z.number().int().positive(),
    roles: z.array(z.enum(['controller', 'broker'])).min(1),
    storage: z.strictObject({
      type: z.literal('jbod'),
      volumes: z.array(
        z.strictObject({
          id: z.number().int(),
          type: z.enum(['persistent-claim', 'ephemeral']),
          size: z.string().regex(/^\d+[GT]i$/),
          deleteClaim: z.boolean(),
          kraftMetadata: z.literal('shared').optional(),
        }),
      ),
    }),
    resources,
    jvmOptions: z.strictObject({ '-Xms': z.string(), '-Xmx': z.string() }),
    template: z.strictObject({ pod: z.strictObject({ topologySpreadConstraints: z.array(z.object({})) }) }),
  }),
  KafkaUser: z.strictObject({
    authentication: z.strictObject({ type: z.enum(['scram-sha-512', 'tls', 'tls-external']) }),
    authorization: z.strictObject({ type: z.literal('simple'), acls: z.array(acl).min(1) }),
  }),
};

/** Mistakes of Strimzi's manifests, as far as they can be found without its schemas. */
export function strimziMistakes({ apiVersion, kind, metadata, spec }: Manifest): string[] {
  const schema = specs[kind];
  if (apiVersion !== 'kafka.strimzi.io/v1' || schema === undefined)
    return [`${kind}/${metadata.name}: there is no ${apiVersion} ${kind}`];
  const result = schema.safeParse(spec);
  const cluster = kind === 'Kafka' || metadata.labels?.['strimzi.io/cluster'] !== undefined;
  return [
    ...(result.error?.issues ?? []).map(
      ({ path, message }) => `${kind}/${metadata.name}: ${path.join('.')}: ${message}`,
    ),
    ...(cluster ? [] : [`${kind}/${metadata.name}: belongs to no cluster`]),
  ];
}
