import { containersOf, type Manifest, nameOf, type Workload, workloads } from '../manifest.ts';
import { type Change, find, type Rule } from './rule.ts';

/** The Job that runs as root on the node's folders, in its own namespace. */
const PREPARES_VOLUMES = 'Job/prepare-volumes';
/** The one pod that talks to the Kubernetes API. */
const MAKES_SECRETS = 'Job/generate-secrets';

const own = (manifests: readonly Manifest[]) =>
  workloads(manifests).filter(({ manifest }) => nameOf(manifest) !== PREPARES_VOLUMES);

/** A rule about each pod. `mistakesOf` names what is wrong with one. */
function podRule(name: string, mistakesOf: (workload: Workload) => string[], breaking: Rule['breaking']): Rule {
  const mistakes = (manifests: readonly Manifest[]) =>
    own(manifests).flatMap((workload) =>
      mistakesOf(workload).map((mistake) => `${nameOf(workload.manifest)}: ${mistake}`),
    );
  return { name, mistakes, breaking };
}

/** A rule about each container. */
function containerRule(
  name: string,
  // biome-ignore lint/suspicious/noExplicitAny: see manifest.ts
  mistakesOf: (container: any, workload: Workload) => string[],
  breaking: Rule['breaking'],
): Rule {
  return podRule(
    name,
    (workload) =>
      containersOf(workload.pod).flatMap((container) =>
        mistakesOf(container, workload).map((mistake) => `container ${container.name} ${mistake}`),
      ),
    breaking,
  );
}

// biome-ignore lint/suspicious/noExplicitAny: see manifest.ts
const pod = (manifests: readonly Manifest[], kind = 'Deployment', name = 'people-api'): any => {
  const [workload] = workloads([find(manifests, kind, name)]);
  return workload?.pod;
};
// biome-ignore lint/suspicious/noExplicitAny: see manifest.ts
const inPod = (change: (pod: any) => void, kind?: string, name?: string): Change => {
  return (manifests) => change(pod(manifests, kind, name));
};

const when = (condition: boolean, mistake: string) => (condition ? [mistake] : []);

export const podRules: readonly Rule[] = [
  podRule(
    'no pod runs as root, and each says as which number it runs',
    // The kubelet rejects a user name in the image, which may be root: CreateContainerConfigError.
    ({ pod: { securityContext: security = {} } }) => [
      ...when(security.runAsNonRoot !== true, 'may run as root'),
      ...when(!(security.runAsUser > 0), 'does not say as which user'),
      ...when(!(security.runAsGroup > 0), 'does not say with which group'),
    ],
    {
      'runAsNonRoot is gone': inPod((its) => delete its.securityContext.runAsNonRoot),
      'the user is left to the image': inPod((its) => delete its.securityContext.runAsUser),
      'the user is root': inPod((its) => (its.securityContext.runAsUser = 0), 'StatefulSet', 'kafka'),
    },
  ),
  podRule(
    'pods keep to the restricted Pod Security Standard',
    // https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
    ({ pod: its }) => [
      ...when(its.securityContext?.seccompProfile?.type !== 'RuntimeDefault', 'has no seccomp profile'),
      ...when(its.hostNetwork || its.hostPID || its.hostIPC, "shares what is the host's"),
      ...(its.volumes ?? [])
        .filter((volume: object) => 'hostPath' in volume)
        .map(({ name }: { name: string }) => `mounts the host's folder ${name}`),
      ...containersOf(its).flatMap(({ name, securityContext = {}, ports = [] }) => [
        ...when(securityContext.privileged === true, `container ${name} is privileged`),
        ...when(securityContext.allowPrivilegeEscalation !== false, `container ${name} may gain privileges`),
        ...when(!securityContext.capabilities?.drop?.includes('ALL'), `container ${name} keeps capabilities`),
        ...when((securityContext.capabilities?.add ?? []).length > 0, `container ${name} adds capabilities`),
        ...when(securityContext.runAsUser === 0, `container ${name} runs as root`),
        ...when(
          ports.some((port: { hostPort?: number }) => port.hostPort),
          `container ${name} has a port of the host`,
        ),
      ]),
    ],
    {
      'no seccomp profile': inPod((its) => delete its.securityContext.seccompProfile),
      'a folder of the host': inPod((its) => its.volumes.push({ name: 'etc', hostPath: { path: '/etc' } })),
      'the network of the host': inPod((its) => (its.hostNetwork = true)),
      'privileges to gain': inPod((its) => delete its.initContainers[0].securityContext.allowPrivilegeEscalation),
      'capabilities that are kept': inPod((its) => delete its.containers[0].securityContext.capabilities),
    },
  ),
  containerRule(
    'no container writes to its root file system',
    ({ securityContext }) => when(securityContext?.readOnlyRootFilesystem !== true, 'can'),
    { 'it can': inPod((its) => delete its.containers[0].securityContext.readOnlyRootFilesystem) },
  ),
  podRule(
    'no pod has a token of the Kubernetes API, but the one that makes secrets',
    ({ manifest, pod: its }) =>
      when(nameOf(manifest) !== MAKES_SECRETS && its.automountServiceAccountToken !== false, 'has one mounted'),
    { 'a token is mounted': inPod((its) => delete its.automountServiceAccountToken) },
  ),
  {
    name: 'each pod has its own service account without a token',
    mistakes: (manifests) => {
      const accounts = manifests.filter(({ kind }) => kind === 'ServiceAccount');
      return [
        ...accounts
          .filter((account) => account.automountServiceAccountToken !== false)
          .map((account) => `${nameOf(account)} hands out tokens`),
        ...own(manifests)
          .filter(({ pod: its }) => !accounts.some(({ metadata }) => metadata.name === its.serviceAccountName))
          .map(({ manifest }) => `${nameOf(manifest)} has an account that is not there`),
      ];
    },
    breaking: {
      'an account hands out tokens': (manifests) =>
        Reflect.deleteProperty(find(manifests, 'ServiceAccount', 'gateway'), 'automountServiceAccountToken'),
      'the default account': inPod((its) => delete its.serviceAccountName),
    },
  },
  podRule(
    'services set no variables',
    // A Service named kafka would set KAFKA_PORT, which a broker takes for a setting.
    ({ pod: its }) => when(its.enableServiceLinks !== false, 'gets variables of services'),
    { 'they do': inPod((its) => delete its.enableServiceLinks, 'StatefulSet', 'kafka') },
  ),
  containerRule(
    'each container says what it needs, and the most memory that it may take',
    ({ resources: { requests, limits } = {} as Record<string, Record<string, string>> }) => [
      ...when(!requests?.cpu || !requests?.memory, 'requests no CPU or memory'),
      ...when(!limits?.memory, 'may take all memory'),
      // Requests give it its share of CPU; a limit would throttle it on an idle processor.
      ...when(limits?.cpu !== undefined, 'is throttled'),
    ],
    {
      'no requests': inPod((its) => delete its.containers[0].resources.requests),
      'no limit of memory': inPod((its) => delete its.initContainers[0].resources.limits),
      'a limit of CPU': inPod((its) => (its.containers[0].resources.limits.cpu = '1')),
    },
  ),
  containerRule(
    'images have a tag or digest that stays what it is, and are not pulled where they are there',
    ({ image, imagePullPolicy }) => [
      ...when(
        !/@sha256:[0-9a-f]{64}$/.test(image) && (!/:[^:/]+$/.test(image) || image.endsWith(':latest')),
        `has the image ${image}`,
      ),
      ...when(imagePullPolicy !== 'IfNotPresent', 'is pulled each time'),
    ],
    {
      'no tag': inPod((its) => (its.containers[0].image = 'marquee/people')),
      latest: inPod((its) => (its.containers[0].image = 'marquee/people:latest')),
      'pulled each time': inPod((its) => (its.containers[0].imagePullPolicy = 'Always')),
    },
  ),
  containerRule(
    'what is written has a limit: emptyDir volumes have a size',
    (_container, { pod: its }) =>
      (its.volumes ?? [])
        .filter((volume: { emptyDir?: { sizeLimit?: string } }) => volume.emptyDir && !volume.emptyDir.sizeLimit)
        .map(({ name }: { name: string }) => `may fill the node through ${name}`),
    { 'no size': inPod((its) => (its.volumes.find(({ name }: { name: string }) => name === 'tmp').emptyDir = {})) },
  ),
];
