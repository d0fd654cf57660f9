import { subgraphs } from '../kubectl.ts';
import { containersOf, type Manifest, nameOf, selects, workloads } from '../manifest.ts';
import { type Change, find, type Rule, remove } from './rule.ts';

// biome-ignore lint/suspicious/noExplicitAny: see manifest.ts
type Free = any;

// biome-ignore lint/suspicious/noExplicitAny: see manifest.ts
const podOf = (manifests: readonly Manifest[], kind: string, name: string): any =>
  workloads([find(manifests, kind, name)])[0]?.pod;
const when = (condition: boolean, mistake: string) => (condition ? [mistake] : []);

/** Secrets that are created in the cluster or by its operator (docs/deploying/kubernetes.md). */
export const SECRETS: Readonly<Record<string, readonly string[]>> = {
  installation: ['id'],
  postgres: ['password'],
  ...Object.fromEntries(
    subgraphs.flatMap(({ name: subgraph }) => [
      [`${subgraph}-database`, ['username', 'password', 'url', 'replica-url']],
      [`kafka-${subgraph}`, ['password']],
      [`${subgraph}-database-owner`, ['username', 'password', 'url']],
    ]),
  ),
  'ingest-database': ['username', 'password', 'url'],
  'ingest-database-owner': ['username', 'password', 'url'],
  'signing-keys': ['keys'],
  'token-public-key': ['public.pem', 'token'],
  tmdb: ['token'],
  'kafka-ingest': ['password'],
  // Made by CloudNativePG and Strimzi.
  'postgres-ca': ['ca.crt'],
  'marquee-cluster-ca-cert': ['ca.crt'],
};

/** Returns the ConfigMaps and Secrets of each pod, with keys where they are named. */
function references(manifests: readonly Manifest[]) {
  return workloads(manifests).flatMap(({ manifest, pod }) => {
    const sources = (pod.volumes ?? []).flatMap(({ configMap, secret, projected }: Free) => [
      ...(configMap ? [{ kind: 'ConfigMap', name: configMap.name, keys: keysOf(configMap.items) }] : []),
      ...(secret ? [{ kind: 'Secret', name: secret.secretName, keys: keysOf(secret.items) }] : []),
      ...(projected?.sources ?? []).map((source: Free) => ({
        kind: 'Secret',
        name: source.secret.name,
        keys: keysOf(source.secret.items),
      })),
    ]);
    const environment = containersOf(pod).flatMap(({ env = [], envFrom = [] }) => [
      ...envFrom.filter(isRequired).map(({ configMapRef, secretRef }: Free) => ({
        kind: configMapRef ? 'ConfigMap' : 'Secret',
        name: (configMapRef ?? secretRef).name,
        keys: [],
      })),
      ...env
        .filter(({ valueFrom }: Free) => valueFrom?.secretKeyRef && !valueFrom.secretKeyRef.optional)
        .map(({ valueFrom: { secretKeyRef } }: Free) => ({
          kind: 'Secret',
          name: secretKeyRef.name,
          keys: [secretKeyRef.key],
        })),
    ]);
    return [...sources, ...environment].map((source: { kind: string; name: string; keys: string[] }) => ({
      manifest,
      ...source,
    }));
  });
}

const isRequired = ({ configMapRef, secretRef }: Free) => !(configMapRef ?? secretRef).optional;

const keysOf = (items: { key: string }[] = []) => items.map(({ key }) => key);

/** Returns a variable's value in a container: its own, or that of its ConfigMaps. */
function setting(manifests: readonly Manifest[], container: Free, variable: string): string | undefined {
  const own = container.env?.find(({ name }: Free) => name === variable)?.value;
  const shared = (container.envFrom ?? []).map(
    ({ configMapRef }: Free) =>
      manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMapRef?.name)?.data?.[
        variable
      ],
  );
  return [own, ...shared].find((value) => value !== undefined);
}

const subgraphPods = (manifests: readonly Manifest[]) =>
  workloads(manifests).filter(
    ({ manifest, labels }) => manifest.kind === 'Deployment' && labels['marquee.dev/role'] === 'subgraph',
  );

/** Returns the connection limit of Postgres, from the server's arguments or CloudNativePG's Cluster. */
function maxConnections(manifests: readonly Manifest[]): number | undefined {
  const cluster = manifests.find(
    ({ apiVersion, kind }) => apiVersion.startsWith('postgresql.cnpg.io/') && kind === 'Cluster',
  );
  const server = manifests.find(({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === 'postgres');
  const text =
    cluster?.spec.postgresql.parameters.max_connections ??
    server?.spec.template.spec.containers[0].args.join(' ').match(/max_connections=(\d+)/)?.[1];
  return text === undefined ? undefined : Number(text);
}

/** Connections besides the pool: the relay's session in a consumer, and one for migrations during a rollout. */
const CONSUMER_SESSIONS = 1;
/** Connections reserved for administrators and monitoring. */
const RESERVED = 10;

/** Returns the maximum of connections of all pods of the subgraphs. */
export function connectionsAtMost(manifests: readonly Manifest[]): number {
  return subgraphPods(manifests).reduce((sum, { manifest, pod, labels }) => {
    const scaler = manifests.find(
      ({ kind, spec }) =>
        ['HorizontalPodAutoscaler', 'ScaledObject'].includes(kind) &&
        spec.scaleTargetRef.name === manifest.metadata.name,
    );
    const most = scaler?.spec.maxReplicas ?? scaler?.spec.maxReplicaCount ?? manifest.spec.replicas ?? 1;
    const pods = most + Number(manifest.spec.strategy.rollingUpdate.maxSurge);
    const isConsumer = labels['app.kubernetes.io/component'] === 'consumer';
    const [name, size] = isConsumer ? ['DATABASE_CONSUMER_POOL_SIZE', 3] : ['DATABASE_POOL_SIZE', 10];
    const pool = Number(setting(manifests, pod.containers[0], name) ?? size);
    return sum + pods * (pool + (isConsumer ? CONSUMER_SESSIONS : 0));
  }, 0);
}

const inPod =
  (kind: string, name: string, how: (pod: Free) => void): Change =>
  (manifests) =>
    how(podOf(manifests, kind, name));

export const configurationRules: readonly Rule[] = [
  {
    name: 'no manifest contains a secret',
    mistakes: (manifests) => [
      ...manifests.filter(({ kind }) => kind === 'Secret').map((secret) => `${nameOf(secret)} is in the manifests`),
      ...workloads(manifests).flatMap(({ manifest, pod }) =>
        containersOf(pod).flatMap(({ env = [] }) =>
          env
            .filter(
              ({ name, value }: Free) =>
                value !== undefined && (/(PASSWORD|TOKEN|_KEYS|SECRET)$/.test(name) || /:\/\/[^/]*:[^/]*@/.test(value)),
            )
            .map(({ name }: Free) => `${nameOf(manifest)} sets ${name}`),
        ),
      ),
      ...manifests
        .filter(
          ({ kind, data = {} }) =>
            kind === 'ConfigMap' &&
            Object.entries(data as Record<string, string>).some(
              ([name, value]) =>
                /(PASSWORD|TOKEN|_KEYS|SECRET)$/.test(name) || /:\/\/[^/\s$]*:[^/\s$]*@|PRIVATE KEY/.test(value),
            ),
        )
        .map((map) => `${nameOf(map)} holds one`),
    ],
    breaking: {
      'a Secret': (manifests) =>
        manifests.push({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, stringData: { a: 'b' } }),
      'a password in a variable': inPod('Deployment', 'people-api', (pod) =>
        pod.containers[0].env.push({ name: 'KAFKA_SASL_PASSWORD', value: 'x' }),
      ),
      'a connection string in a ConfigMap': (manifests) => {
        const map = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('people-'));
        if (map) map.data.DATABASE_URL = 'postgres://people:secret@postgres/marquee';
      },
    },
  },
  {
    name: 'ConfigMaps and Secrets of pods exist, or are created in the cluster',
    mistakes: (manifests) =>
      references(manifests).flatMap(({ manifest, kind, name, keys }) => {
        const map = manifests.find((each) => each.kind === 'ConfigMap' && each.metadata.name === name);
        const known = kind === 'Secret' ? SECRETS[name] : map && Object.keys(map.data);
        if (known === undefined) return [`${nameOf(manifest)} takes from the ${kind} ${name}, which nobody makes`];
        return keys
          .filter((key) => !known.includes(key))
          .map((key) => `${nameOf(manifest)} takes ${key} of ${name}, which has no such key`);
      }),
    breaking: {
      'another Secret': inPod('Deployment', 'people-api', (pod) => (pod.volumes[0].secret.secretName = 'people-db')),
      'another key': inPod(
        'Deployment',
        'gateway',
        (pod) => (pod.volumes[0].configMap.items[0].key = 'schema.graphql'),
      ),
      'no ConfigMap': (manifests) => remove(manifests, 'ConfigMap', 'supergraph'),
    },
  },
  {
    name: 'a subgraph migrates its schema as its owner before a new version serves or consumes',
    mistakes: (manifests) =>
      subgraphPods(manifests).flatMap(({ manifest, pod }) => {
        const migration = (pod.initContainers ?? []).find(({ args }: Free) => args?.[0] === 'migrate');
        const [container] = pod.containers;
        const owner = ({ env = [], volumeMounts = [] }: Free) =>
          env.some(({ name }: Free) => name.startsWith('DATABASE_OWNER_URL')) ||
          volumeMounts.some(({ name }: Free) => name === 'database-owner');
        return [
          ...when(migration?.image !== container.image, `${nameOf(manifest)} does not, with the same image`),
          ...when(migration && !owner(migration), `${nameOf(manifest)} migrates without the owner's role`),
          ...when(owner(container), `${nameOf(manifest)} runs with the owner's role`),
        ];
      }),
    breaking: {
      'no migration': inPod('Deployment', 'people-api', (pod) => delete pod.initContainers),
      'of another version': inPod(
        'Deployment',
        'people-consumer',
        (pod) => (pod.initContainers[0].image = 'marquee/people:0.0.9'),
      ),
      'everybody is the owner': inPod('Deployment', 'people-api', (pod) =>
        pod.containers[0].volumeMounts.push({ name: 'database-owner', mountPath: '/owner' }),
      ),
    },
  },
  {
    name: 'the gateway reloads the supergraph from a mounted folder with a constant name',
    mistakes: (manifests) => {
      const pod = podOf(manifests, 'Deployment', 'gateway');
      const volume = pod.volumes.find(({ configMap }: Free) => configMap?.name === 'supergraph');
      const mount = pod.containers[0].volumeMounts.find(({ name }: Free) => name === volume?.name);
      const file = setting(manifests, pod.containers[0], 'SUPERGRAPH');
      return [
        ...when(volume === undefined, 'the ConfigMap supergraph is not mounted'),
        // https://kubernetes.io/docs/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically
        ...when(mount?.subPath !== undefined, 'a file that is mounted by subPath is never updated'),
        ...when(file !== `${mount?.mountPath}/supergraph.graphql`, `the gateway reads ${file}`),
      ];
    },
    breaking: {
      'by subPath': inPod(
        'Deployment',
        'gateway',
        (pod) => (pod.containers[0].volumeMounts[0].subPath = 'supergraph.graphql'),
      ),
      'another ConfigMap': inPod(
        'Deployment',
        'gateway',
        (pod) => (pod.volumes[0].configMap.name = 'supergraph-5f4tkg'),
      ),
      'another file': inPod('Deployment', 'gateway', (pod) =>
        pod.containers[0].env.push({ name: 'SUPERGRAPH', value: '/app/supergraph.graphql' }),
      ),
    },
  },
  {
    name: 'all pods together open fewer connections than Postgres accepts',
    mistakes: (manifests) => {
      const most = maxConnections(manifests);
      const wanted = connectionsAtMost(manifests);
      return when(most !== undefined && wanted > most - RESERVED, `they open up to ${wanted}, Postgres takes ${most}`);
    },
    breaking: {
      'larger pools': (manifests) => {
        for (const { kind, data } of manifests)
          if (kind === 'ConfigMap' && data?.DATABASE_POOL_SIZE) data.DATABASE_POOL_SIZE = '20';
      },
      'more pods': (manifests) => {
        find(manifests, 'HorizontalPodAutoscaler', 'people-api').spec.maxReplicas = 40;
      },
    },
  },
  {
    name: 'all objects have the standard labels, and no selector names a version',
    mistakes: (manifests) =>
      manifests.flatMap((manifest) => {
        const labels = manifest.metadata.labels ?? {};
        const selector = manifest.spec?.selector?.matchLabels ?? {};
        return [
          ...when(
            labels['app.kubernetes.io/part-of'] !== 'marquee' && manifest.kind !== 'Namespace',
            `${nameOf(manifest)} says not of what it is part`,
          ),
          ...when(
            'app.kubernetes.io/version' in selector,
            `${nameOf(manifest)} selects a version, which can never change`,
          ),
        ];
      }),
    breaking: {
      'no labels': (manifests) => Reflect.deleteProperty(find(manifests, 'Service', 'people').metadata, 'labels'),
      'a version in a selector': (manifests) => {
        find(manifests, 'Deployment', 'people-api').spec.selector.matchLabels['app.kubernetes.io/version'] = '0.1.0';
      },
    },
  },
  {
    name: 'the namespace enforces the restricted Pod Security Standard',
    mistakes: (manifests) => {
      const namespace = manifests.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === 'marquee');
      return when(namespace?.metadata.labels?.['pod-security.kubernetes.io/enforce'] !== 'restricted', 'it does not');
    },
    breaking: {
      baseline: (manifests) => {
        Object.assign(find(manifests, 'Namespace', 'marquee').metadata.labels ?? {}, {
          'pod-security.kubernetes.io/enforce': 'baseline',
        });
      },
    },
  },
  {
    name: 'selectors find the pods of their own template',
    mistakes: (manifests) =>
      workloads(manifests)
        .filter(({ manifest }) => ['Deployment', 'StatefulSet'].includes(manifest.kind))
        .filter(({ manifest, labels }) => !selects(manifest.spec.selector, labels))
        .map(({ manifest }) => `${nameOf(manifest)} does not`),
    breaking: {
      'another name': (manifests) => {
        find(manifests, 'Deployment', 'people-api').spec.selector.matchLabels['app.kubernetes.io/name'] = 'persons';
      },
    },
  },
];
