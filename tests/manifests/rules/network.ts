import { subgraphs } from '../kubectl.ts';
import type { Manifest } from '../manifest.ts';
import { mayConnect, type Peer, peersOf } from '../network.ts';
import { type Change, find, type Rule, remove } from './rule.ts';

const MARQUEE = { name: 'marquee', labels: { 'kubernetes.io/metadata.name': 'marquee' } };
const elsewhere = (name: string, labels = {}) => ({ name, labels: { 'kubernetes.io/metadata.name': name, ...labels } });

/** Workloads that the manifests do not create. */
const STRANGER: Peer = {
  name: 'a stranger in the namespace',
  labels: { app: 'stranger' },
  namespace: MARQUEE,
  ports: [80],
};
const NEIGHBOUR: Peer = {
  name: 'a pod of another namespace',
  labels: { 'app.kubernetes.io/name': 'gateway', 'app.kubernetes.io/component': 'api' },
  namespace: elsewhere('default'),
  ports: [80],
};
const PROMETHEUS: Peer = {
  name: 'Prometheus',
  labels: {},
  namespace: elsewhere('monitoring', { 'marquee/monitoring': 'true' }),
  ports: [9090],
};
const COLLECTOR: Peer = {
  name: 'a collector of traces',
  labels: { 'app.kubernetes.io/name': 'opentelemetry-collector' },
  namespace: elsewhere('monitoring', { 'marquee/monitoring': 'true' }),
  ports: [4318, 80],
};
const FALSE_COLLECTOR: Peer = {
  ...COLLECTOR,
  name: 'a collector of another namespace',
  namespace: elsewhere('default'),
};
const PROXY: Peer = {
  name: 'a proxy of the Gateway',
  labels: {},
  namespace: elsewhere('gateways', { 'marquee/ingress': 'true' }),
  ports: [443],
};
const INTERNET: Peer = { name: 'the Internet', labels: {}, namespace: undefined, ports: [80, 443, 5432, 9092] };
const outsiders = [STRANGER, NEIGHBOUR, PROMETHEUS, PROXY, INTERNET];
/** Workloads elsewhere to which pods of ours may connect, or must not. */
const targets = [COLLECTOR, FALSE_COLLECTOR, PROMETHEUS, INTERNET];

const apis = subgraphs.map(({ name }) => `Deployment/${name}-api`);
const consumers = subgraphs.map(({ name }) => `Deployment/${name}-consumer`);
const sync = 'Deployment/ingest';
const ingests = [sync, 'Job/sample'];

/** Workloads that send traces. */
const TRACED = ['Deployment/gateway', ...apis, ...consumers, ...ingests];

/** Permitted connections, at the ports on which the target listens; all others are denied. */
const ALLOWED: Readonly<Record<string, (from: string) => boolean>> = {
  // Other namespaces of ours have no egress.
  'Deployment/gateway': (from) => from !== 'Job/prepare-volumes',
  ...Object.fromEntries(
    apis.map((api) => [api, (from: string) => from === 'Deployment/gateway' || from === PROMETHEUS.name]),
  ),
  ...Object.fromEntries(consumers.map((consumer) => [consumer, (from: string) => from === PROMETHEUS.name])),
  'StatefulSet/postgres': (from) => [...apis, ...consumers, sync].includes(from),
  'StatefulSet/kafka': (from) => [...apis, ...consumers, ...ingests].includes(from),
  [sync]: (from) => from === PROMETHEUS.name,
  'Deployment/tmdb-emulator': (from) => ingests.includes(from),
};

/** Reachable ports outside of the pods' network: TMDb and the Kubernetes API. */
const OUTWARD: Readonly<Record<string, readonly number[]>> = {
  [sync]: [443],
  'Job/sample': [443],
  'Job/generate-secrets': [443],
};

/** Returns the pods that operators create, as peers; they replace those of the overlay for one node. */
function operated(manifests: readonly Manifest[]): Peer[] {
  const labelled = (name: string, label: string, kind: string, port: number): Peer[] =>
    manifests
      .filter((manifest) => manifest.kind === kind)
      .map(({ metadata }) => ({ name, labels: { [label]: metadata.name }, namespace: MARQUEE, ports: [port] }));
  return [
    ...labelled('StatefulSet/postgres', 'cnpg.io/cluster', 'Cluster', 5432),
    ...labelled('StatefulSet/kafka', 'strimzi.io/cluster', 'Kafka', 9092),
  ];
}

function expected(from: Peer, to: Peer, port: number, withOperators: boolean): boolean {
  if (to.name === COLLECTOR.name) return port === 4318 && TRACED.includes(from.name);
  if (to.name === INTERNET.name) {
    // Operated pods reach the Kubernetes API; the gateway, the issuer's keys.
    const more =
      withOperators && ['StatefulSet/postgres', 'StatefulSet/kafka', 'Deployment/gateway'].includes(from.name);
    return (more ? [443] : (OUTWARD[from.name] ?? [])).includes(port);
  }
  // A trusted proxy sets the client's address, so only the proxy may reach the gateway.
  if (to.name === 'Deployment/gateway' && withOperators) return [PROXY.name, PROMETHEUS.name].includes(from.name);
  return ALLOWED[to.name]?.(from.name) ?? false;
}

function mistakes(manifests: readonly Manifest[]): string[] {
  const operators = operated(manifests);
  const own = [...peersOf(manifests), ...operators];
  return [...own, STRANGER].flatMap((pod) => [
    // Ingress and egress of each pod of ours.
    ...[...own, ...outsiders].flatMap((other) => differences(manifests, other, pod, operators.length > 0)),
    ...targets.flatMap((other) => differences(manifests, pod, other, operators.length > 0)),
  ]);
}

function differences(manifests: readonly Manifest[], from: Peer, to: Peer, withOperators: boolean): string[] {
  const should = (port: number) => expected(from, to, port, withOperators);
  if (from.name === to.name) return [];
  return to.ports
    .filter((port) => mayConnect(manifests, from, to, port) !== should(port))
    .map((port) => `${from.name} ${should(port) ? 'does not reach' : 'reaches'} ${to.name} at ${port}`);
}

// biome-ignore lint/suspicious/noExplicitAny: see manifest.ts
const change = (policy: string, how: (spec: any) => void): Change => {
  return (manifests) => how(find(manifests, 'NetworkPolicy', policy).spec);
};

export const networkRule: Rule = {
  name: 'only the gateway reaches subgraphs, only their users reach databases and brokers, and nothing else is reachable',
  mistakes,
  breaking: {
    'whoever is in the namespace reaches a subgraph': change('people-api', (spec) => delete spec.ingress[0].from),
    'every gateway of every namespace does': change(
      'people-api',
      (spec) => (spec.ingress[0].from[0].namespaceSelector = {}),
    ),
    'the gateway reaches none': change('people-api', (spec) => spec.ingress.shift()),
    'the gateway reaches none by their port': change('gateway', (spec) => (spec.egress[0].ports[0].port = 'graphql')),
    'a subgraph is not labelled as one': (manifests) => {
      delete find(manifests, 'Deployment', 'people-api').spec.template.metadata.labels['marquee.dev/role'];
    },
    'a subgraph does not reach the collector': change('people-api', (spec) => spec.egress.pop()),
    'a subgraph reaches whoever is labelled as a collector': change(
      'people-api',
      (spec) => (spec.egress.at(-1).to[0].namespaceSelector = {}),
    ),
    'the gateway reaches all that monitors': change('gateway', (spec) => {
      const { to } = spec.egress.at(-1);
      delete to[0].podSelector;
      delete spec.egress.at(-1).ports;
    }),
    'Prometheus does not': change('people-consumer', (spec) => (spec.ingress = [])),
    'the gateway reaches the Internet': change('gateway', (spec) => spec.egress.push({})),
    'a subgraph reaches the Internet': change('people-api', (spec) => (spec.policyTypes = ['Ingress'])),
    'a stranger reaches the Internet': (manifests) => {
      remove(manifests, 'NetworkPolicy', 'dns');
      find(manifests, 'NetworkPolicy', 'default-deny').spec.policyTypes = ['Ingress'];
    },
    'whoever is in the namespace reaches the database': change('postgres', (spec) => delete spec.ingress[0].from),
    'whoever is in the namespace reaches the broker': change('kafka', (spec) => delete spec.ingress[0].from),
    'an API reaches the broker': change('people-api', (spec) => spec.egress.push({})),
    'the database is closed to all': change('postgres', (spec) => (spec.ingress = [])),
  },
};

/** Names are resolved over UDP, which the rule above does not look at. */
export const dnsRule: Rule = {
  name: 'every pod can resolve names',
  mistakes: (manifests) => {
    const all = manifests.some(
      ({ kind, spec }) =>
        kind === 'NetworkPolicy' &&
        Object.keys(spec.podSelector).length === 0 &&
        spec.egress?.some(
          ({ to, ports }: { to?: unknown; ports?: { protocol: string; port: number }[] }) =>
            to === undefined &&
            ['UDP', 'TCP'].every((protocol) => ports?.some((each) => each.protocol === protocol && each.port === 53)),
        ),
    );
    return all ? [] : ['there is no policy that lets every pod ask'];
  },
  breaking: {
    'no policy': (manifests) => remove(manifests, 'NetworkPolicy', 'dns'),
    'TCP alone': change('dns', (spec) => (spec.egress[0].ports = [{ protocol: 'TCP', port: 53 }])),
  },
};
