import { consumedTopics } from '@marquee/events/consumed-topics';
import {
  type Grant,
  INGEST_ACCESS,
  LAG_READER_ACCESS,
  type ServiceAccess,
  subgraphAccess,
} from '@marquee/events/service-access';

/** The schema of ingest's queue, which has roles like those of the subgraphs. */
const INGEST = 'ingest';

/** Returns the lists of subgraphs in k8s, by file; no kustomization can read a list from elsewhere. */
export function kubernetesFiles(subgraphs: readonly string[]): ReadonlyMap<string, string> {
  const overlay = (file: string) => `k8s/overlays/${file}`;
  return new Map([
    [overlay('local/subgraphs/kustomization.yaml'), kustomization(subgraphs.map((name) => `../../../base/${name}`))],
    [overlay('local/secrets/subgraphs'), `${subgraphs.join('\n')}\n`],
    [overlay('local/postgres/roles.yaml'), roleSecrets([...subgraphs, INGEST])],
    [overlay('production/subgraphs/kustomization.yaml'), kustomization(subgraphs.map((name) => `../${name}`))],
    [overlay('production/postgres/roles.yaml'), rolesAndSchemas([...subgraphs, INGEST])],
    [
      overlay('production/kafka/users.yaml'),
      [...subgraphs.map(subgraphAccess), INGEST_ACCESS, LAG_READER_ACCESS].map(kafkaUser).join('---\n'),
    ],
    ...subgraphs.map((name) => [overlay(`production/${name}/scaling.yaml`), consumerScaling(name)] as const),
  ]);
}

const kustomization = (resources: readonly string[]) => `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
${lines(resources.map((resource) => `  - ${resource}`))}`;

/** Patches the pod of Postgres with the passwords that its roles get. */
function roleSecrets(schemas: readonly string[]): string {
  const source = (secret: string, path: string) =>
    `              - secret: { name: ${secret}, items: [{ key: username, path: ${path}/username }, { key: password, path: ${path}/password }] }`;
  const sources = schemas.flatMap((name) => [
    source(`${name}-database`, `${name}/runtime`),
    source(`${name}-database-owner`, `${name}/owner`),
  ]);
  return `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: postgres
spec:
  template:
    spec:
      volumes:
        - name: role-secrets
          projected:
            sources:
${lines(sources)}`;
}

/** Patches the database of production with these schemas, and two roles for each. */
function rolesAndSchemas(schemas: readonly string[]): string {
  const role = (name: string, secret: string) =>
    `      - { name: ${name}, ensure: present, login: true, passwordSecret: { name: ${secret} } }`;
  const roles = schemas.flatMap((name) => [
    role(`${name}_runtime`, `${name}-database`),
    role(`${name}_owner`, `${name}-database-owner`),
  ]);
  return `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: postgres
spec:
  managed:
    roles:
${lines(roles)}---
apiVersion: postgresql.cnpg.io/v1
kind: Database
metadata:
  name: marquee
spec:
  schemas:
${lines(schemas.map((name) => `    - { name: ${name}, owner: ${name}_owner }`))}`;
}

/** Returns the login of a service. */
function kafkaUser({ service, grants }: ServiceAccess): string {
  const acl = ({ type, name, patternType, operations }: Grant) =>
    `      - { resource: { type: ${type}, name: ${name}, patternType: ${patternType} }, operations: [${operations.join(', ')}] }`;
  return `apiVersion: kafka.strimzi.io/v1
kind: KafkaUser
metadata:
  name: kafka-${service}
  labels: { strimzi.io/cluster: marquee }
spec:
  authentication: { type: scram-sha-512 }
  authorization:
    type: simple
    acls:
${lines(grants.map(acl))}`;
}

/** Returns the autoscaler of a consumer: as many pods as there are lots of 2,000 records, and no more than partitions. */
function consumerScaling(name: string): string {
  const topics = consumedTopics(name);
  const partitions = Math.min(...topics.map((topic) => topic.partitions));
  const triggers = topics.map(
    (topic) => `    - type: kafka
      metadata:
        bootstrapServers: marquee-kafka-bootstrap.marquee:9092
        consumerGroup: marquee.${name}
        topic: ${topic.name}
        lagThreshold: "2000"
        sasl: scram_sha512
        tls: enable
      authenticationRef: { name: kafka }`,
  );
  return `apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: ${name}-consumer
  namespace: marquee
  labels: { app.kubernetes.io/name: ${name}, app.kubernetes.io/component: consumer, app.kubernetes.io/part-of: marquee }
spec:
  scaleTargetRef: { name: ${name}-consumer }
  minReplicaCount: 2
  maxReplicaCount: ${partitions}
  pollingInterval: 15
  cooldownPeriod: 300
  # While the lag cannot be read, it keeps this many replicas.
  fallback: { failureThreshold: 4, replicas: 2 }
  advanced:
    horizontalPodAutoscalerConfig:
      behavior:
        scaleUp:
          stabilizationWindowSeconds: 60
          policies:
            - { type: Pods, value: 2, periodSeconds: 60 }
        scaleDown:
          stabilizationWindowSeconds: 600
          policies:
            - { type: Pods, value: 1, periodSeconds: 120 }
  triggers:
${lines(triggers)}`;
}

const lines = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join('');
