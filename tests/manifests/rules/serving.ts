import { OBSERVATION_TOPICS } from '@marquee/events/topics';
import { type Manifest, nameOf, selects, type Workload, workloads } from '../manifest.ts';
import { type Change, find, type Rule, remove } from './rule.ts';

/** Partitions of a topic, the limit of a group's consumers. */
const PARTITIONS = Math.min(...OBSERVATION_TOPICS.map(({ partitions }) => partitions));

const COMPONENT = 'app.kubernetes.io/component';
const NAME = 'app.kubernetes.io/name';

/** Deployments of the deployables: the APIs, and the consumers. */
const deployments = (manifests: readonly Manifest[], components = ['api', 'consumer']): Workload[] =>
  workloads(manifests).filter(
    ({ manifest, labels }) => manifest.kind === 'Deployment' && components.includes(labels[COMPONENT] ?? ''),
  );

/** Workloads that serve requests, and all that run continuously. */
const servers = (manifests: readonly Manifest[]) =>
  workloads(manifests).filter(({ manifest }) => ['Deployment', 'StatefulSet'].includes(manifest.kind));

// biome-ignore lint/suspicious/noExplicitAny: see manifest.ts
const change = (kind: string, name: string, how: (spec: any) => void): Change => {
  return (manifests) => how(find(manifests, kind, name).spec);
};
const when = (condition: boolean, mistake: string) => (condition ? [mistake] : []);

/** Returns the drain delay in milliseconds that a pod sets. */
function drainDelayMs(manifests: readonly Manifest[], { pod }: Workload): number {
  const [container] = pod.containers;
  const own = container.env?.find(({ name }: { name: string }) => name === 'DRAIN_DELAY_MS')?.value;
  const shared = (container.envFrom ?? []).map(
    ({ configMapRef }: { configMapRef?: { name: string } }) =>
      manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMapRef?.name)?.data
        ?.DRAIN_DELAY_MS,
  );
  return Number([own, ...shared].find((value) => value !== undefined) ?? 0);
}

/** Timeout of a request to the gateway or to a subgraph. */
const LONGEST_REQUEST_SECONDS = 10;
/** Time until every node has removed a terminating pod from its endpoints. */
const ENDPOINTS_SECONDS = 5;

export const servingRules: readonly Rule[] = [
  {
    name: 'a rollout never has fewer pods than before',
    mistakes: (manifests) =>
      deployments(manifests, ['api', 'consumer', 'emulator', 'sync']).flatMap(({ manifest: { spec }, manifest }) => [
        ...when(spec.strategy?.rollingUpdate?.maxUnavailable !== 0, `${nameOf(manifest)} takes pods away first`),
        ...when(!(spec.strategy?.rollingUpdate?.maxSurge >= 1), `${nameOf(manifest)} cannot add pods`),
      ]),
    breaking: {
      'one may lack': change('Deployment', 'people-api', (spec) => (spec.strategy.rollingUpdate.maxUnavailable = 1)),
      'all at once': change('Deployment', 'gateway', (spec) => (spec.strategy = { type: 'Recreate' })),
    },
  },
  {
    name: 'serving containers have a startup, a readiness and a liveness probe with different meanings',
    mistakes: (manifests) =>
      servers(manifests).flatMap(({ manifest, pod, labels }) =>
        pod.containers.flatMap(({ startupProbe, readinessProbe, livenessProbe }: Record<string, Probe | undefined>) => {
          const ours = ['api', 'consumer', 'emulator', 'sync'].includes(labels[COMPONENT] ?? '');
          const mistakes = [
            ...when(!startupProbe || secondsOf(startupProbe) < 120, 'gets less than two minutes to start'),
            ...when(!readinessProbe, 'gets requests before it is ready'),
            ...when(!livenessProbe || secondsOf(livenessProbe) < 60, 'is restarted for less than a minute of silence'),
            ...when(ours && readinessProbe?.httpGet?.path !== '/readyz', 'has no readiness probe at /readyz'),
            ...when(ours && livenessProbe?.httpGet?.path !== '/healthz', 'is restarted for what its neighbours do'),
            // /readyz gives each check two seconds.
            ...when(ours && !((readinessProbe?.timeoutSeconds ?? 1) > 2), 'has a probe timeout below that of /readyz'),
          ];
          return mistakes.map((mistake) => `${nameOf(manifest)} ${mistake}`);
        }),
      ),
    breaking: {
      'no readiness': container('people-api', (its) => delete its.readinessProbe),
      'liveness asks for readiness': container('people-api', (its) => (its.livenessProbe.httpGet.path = '/readyz')),
      'readiness asks only for life': container('people-api', (its) => (its.readinessProbe.httpGet.path = '/healthz')),
      'a second of patience': container('people-api', (its) => delete its.readinessProbe.timeoutSeconds),
      'ten seconds to start': container('gateway', (its) => (its.startupProbe.failureThreshold = 5)),
      'a hasty restart': container('gateway', (its) => (its.livenessProbe.failureThreshold = 2)),
    },
  },
  {
    name: 'a terminating pod serves until no request reaches it',
    mistakes: (manifests) =>
      deployments(manifests, ['api']).flatMap((workload) => {
        const preStop = workload.pod.containers[0].lifecycle?.preStop?.sleep?.seconds ?? 0;
        const seconds = preStop + drainDelayMs(manifests, workload) / 1_000;
        const grace = workload.pod.terminationGracePeriodSeconds ?? 30;
        return [
          ...when(seconds < ENDPOINTS_SECONDS, `${nameOf(workload.manifest)} answers for ${seconds} s`),
          ...when(drainDelayMs(manifests, workload) === 0, `${nameOf(workload.manifest)} closes connections at once`),
          ...when(
            grace < seconds + 2 * LONGEST_REQUEST_SECONDS,
            `${nameOf(workload.manifest)} is killed after ${grace} s`,
          ),
        ];
      }),
    breaking: {
      'it ends at once': (manifests) => {
        container('gateway', (its) => delete its.lifecycle)(manifests);
        for (const { kind, data } of manifests)
          if (kind === 'ConfigMap' && data?.DRAIN_DELAY_MS) data.DRAIN_DELAY_MS = '0';
      },
      'it is killed': change(
        'Deployment',
        'people-api',
        (spec) => (spec.template.spec.terminationGracePeriodSeconds = 15),
      ),
    },
  },
  {
    name: 'each API has a Service whose selector and port match its pods',
    mistakes: (manifests) =>
      deployments(manifests, ['api']).flatMap(({ manifest, labels, pod }) => {
        const services = manifests.filter(
          ({ kind, spec }) => kind === 'Service' && selects({ matchLabels: spec.selector }, labels),
        );
        const [service] = services;
        const ports = pod.containers.flatMap(({ ports: its = [] }: { ports?: { name: string }[] }) =>
          its.map(({ name }) => name),
        );
        return [
          ...when(services.length !== 1, `${nameOf(manifest)} has ${services.length} Services`),
          ...when(service?.metadata.name !== labels[NAME], `${nameOf(manifest)} is not found by its name`),
          ...when(
            !service?.spec.ports.every((port: { targetPort: string }) => ports.includes(port.targetPort)),
            `${nameOf(manifest)} has no such port`,
          ),
        ];
      }),
    breaking: {
      'another selector': change('Service', 'people', (spec) => (spec.selector[COMPONENT] = 'consumer')),
      'another port': change('Service', 'people', (spec) => (spec.ports[0].targetPort = 'graphql')),
      'no Service': (manifests) => remove(manifests, 'Service', 'gateway'),
    },
  },
  {
    name: 'each Deployment has one autoscaler with a stabilization window, and no replica count of its own',
    mistakes: (manifests) =>
      deployments(manifests).flatMap(({ manifest, labels }) => {
        const scalers = manifests.filter(
          ({ kind, spec }) =>
            ['HorizontalPodAutoscaler', 'ScaledObject'].includes(kind) &&
            spec.scaleTargetRef.name === manifest.metadata.name,
        );
        const [scaler] = scalers;
        const minimum = scaler?.spec.minReplicas ?? scaler?.spec.minReplicaCount ?? 0;
        const down = (scaler?.spec.behavior ?? scaler?.spec.advanced?.horizontalPodAutoscalerConfig?.behavior)
          ?.scaleDown;
        return [
          ...when(scalers.length !== 1, `${nameOf(manifest)} has ${scalers.length} autoscalers`),
          ...when(
            manifest.spec.replicas !== undefined,
            `${nameOf(manifest)} undoes the autoscaler's work when it is applied`,
          ),
          ...when(minimum < (labels[COMPONENT] === 'api' ? 2 : 1), `${nameOf(manifest)} may have ${minimum} pods`),
          ...when(!(down?.stabilizationWindowSeconds >= 300), `${nameOf(manifest)} loses pods after a moment's rest`),
          ...when(
            !down?.policies?.some(({ type, value }: { type: string; value: number }) => type === 'Pods' && value === 1),
            `${nameOf(manifest)} loses many pods at once`,
          ),
        ];
      }),
    breaking: {
      'replicas are set': change('Deployment', 'people-api', (spec) => (spec.replicas = 2)),
      'no autoscaler': (manifests) => remove(manifests, 'HorizontalPodAutoscaler', 'gateway'),
      'one pod of an API': change('HorizontalPodAutoscaler', 'people-api', (spec) => (spec.minReplicas = 1)),
      'down at once': change(
        'HorizontalPodAutoscaler',
        'gateway',
        (spec) => (spec.behavior.scaleDown.stabilizationWindowSeconds = 0),
      ),
      'all down': change(
        'HorizontalPodAutoscaler',
        'gateway',
        (spec) => (spec.behavior.scaleDown.policies = [{ type: 'Percent', value: 100, periodSeconds: 15 }]),
      ),
    },
  },
  {
    name: 'no consumer has more pods than a topic has partitions',
    mistakes: (manifests) =>
      manifests.flatMap(({ kind, spec, metadata }) => {
        if (!['HorizontalPodAutoscaler', 'ScaledObject'].includes(kind) || !metadata.name.endsWith('-consumer'))
          return [];
        const most = spec.maxReplicas ?? spec.maxReplicaCount;
        return when(!(most <= PARTITIONS), `${kind}/${metadata.name} goes up to ${most}`);
      }),
    breaking: {
      'seven of six': change(
        'HorizontalPodAutoscaler',
        'people-consumer',
        (spec) => (spec.maxReplicas = PARTITIONS + 1),
      ),
    },
  },
  {
    name: 'each Deployment has a disruption budget that permits drains',
    mistakes: (manifests) =>
      deployments(manifests).flatMap(({ manifest, labels }) => {
        const budgets = manifests.filter(
          ({ kind, spec }) => kind === 'PodDisruptionBudget' && selects(spec.selector, labels),
        );
        const [budget] = budgets;
        return [
          ...when(budgets.length !== 1, `${nameOf(manifest)} has ${budgets.length} budgets`),
          ...when(budget?.spec.maxUnavailable !== 1, `${nameOf(manifest)} does not lose one pod at a time`),
          ...when(
            budget?.spec.unhealthyPodEvictionPolicy !== 'AlwaysAllow',
            `${nameOf(manifest)} holds a node up by pods that serve nobody`,
          ),
        ];
      }),
    breaking: {
      'no budget': (manifests) => remove(manifests, 'PodDisruptionBudget', 'people-api'),
      'of other pods': change(
        'PodDisruptionBudget',
        'people-api',
        (spec) => (spec.selector.matchLabels[NAME] = 'ratings'),
      ),
      'none may go': change('PodDisruptionBudget', 'gateway', (spec) => (spec.maxUnavailable = 0)),
    },
  },
  {
    name: 'pods of a Deployment spread over nodes and zones, by version',
    mistakes: (manifests) =>
      deployments(manifests).flatMap(({ manifest, labels, pod }) => {
        const spread: Spread[] = pod.topologySpreadConstraints ?? [];
        const over = spread.filter(
          ({ labelSelector, matchLabelKeys = [] }) =>
            selects(labelSelector, labels) && matchLabelKeys.includes('pod-template-hash'),
        );
        return ['kubernetes.io/hostname', 'topology.kubernetes.io/zone']
          .filter((key) => !over.some(({ topologyKey }) => topologyKey === key))
          .map((key) => `${nameOf(manifest)} does not, over ${key}`);
      }),
    breaking: {
      'not at all': change('Deployment', 'people-api', (spec) => delete spec.template.spec.topologySpreadConstraints),
      'with others': change('Deployment', 'people-api', (spec) => {
        for (const each of spec.template.spec.topologySpreadConstraints)
          each.labelSelector.matchLabels[NAME] = 'ratings';
      }),
    },
  },
];

interface Probe {
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
  readonly timeoutSeconds?: number;
  readonly httpGet?: { readonly path: string };
}

interface Spread {
  readonly topologyKey: string;
  readonly labelSelector: object;
  readonly matchLabelKeys?: readonly string[];
}

function secondsOf({ periodSeconds = 10, failureThreshold = 3 }: Probe): number {
  return periodSeconds * failureThreshold;
}

// biome-ignore lint/suspicious/noExplicitAny: see manifest.ts
function container(deployment: string, how: (its: any) => void): Change {
  return change('Deployment', deployment, (spec) => how(spec.template.spec.containers[0]));
}
