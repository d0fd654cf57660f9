import { attempt as attemptCommand, type Outcome } from '../containers/command.ts';
import { kubectlPath } from '../manifests/kubectl.ts';

export const NAMESPACE = 'marquee';

/** A cluster that the tests may change. */
export interface Cluster {
  readonly context: string;
  /** Runs kubectl and returns its output; throws with its error output. */
  kubectl(...args: readonly string[]): Promise<string>;
  attempt(...args: readonly string[]): Promise<Outcome>;
  /** Objects as JSON. */
  get<Value>(...args: readonly string[]): Promise<Value>;
}

/**
 * Returns the cluster of the context that CLUSTER_CONTEXT names.
 *
 * @throws Error with instructions when it is not set
 */
export async function namedCluster(): Promise<Cluster> {
  const context = process.env.CLUSTER_CONTEXT;
  if (!context) {
    throw new Error(
      'Set CLUSTER_CONTEXT to the kubectl context of a cluster for tests: the namespace marquee is made and removed in it.',
    );
  }
  const attempt = (...args: readonly string[]) => attemptCommand(kubectlPath(), ['--context', context, ...args]);
  const kubectl = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await attempt(...args);
    if (code === 0) return stdout;
    throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${`${stdout}\n${stderr}`.trim().slice(-2_000)}`);
  };
  await kubectl('get', 'nodes');
  return {
    context,
    attempt,
    kubectl,
    get: async (...args) => JSON.parse(await kubectl('get', ...args, '--output', 'json')),
  };
}

/** The used part of the API's list of pods. */
export interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
    readonly status: {
      readonly conditions?: readonly { readonly type: string; readonly status: string }[];
      readonly containerStatuses?: readonly { readonly restartCount: number }[];
    };
  }[];
}

export interface PodState {
  readonly name: string;
  readonly ready: boolean;
  readonly restarts: number;
}

/** Returns the pods of Marquee's processes, without those of Jobs and terminating ones. */
export async function podsOf(cluster: Cluster, selector = 'app.kubernetes.io/component!=job'): Promise<PodState[]> {
  const pods = await cluster.get<PodList>(
    'pods',
    '-n',
    NAMESPACE,
    '-l',
    `app.kubernetes.io/part-of=marquee,${selector}`,
  );
  return podStates(pods);
}

/** Returns the states of pods, without terminating ones, which stay listed until their containers have ended. */
export function podStates({ items }: PodList): PodState[] {
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata, status }) => ({
      name: metadata.name,
      ready: status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
      restarts: (status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0),
    }));
}

/** Rejects unless every pod is ready. */
export async function allReady(cluster: Cluster): Promise<void> {
  const waiting = (await podsOf(cluster)).filter(({ ready }) => !ready).map(({ name }) => name);
  if (waiting.length > 0) throw new Error(`not ready: ${waiting.join(', ')}`);
}

/** Returns the Deployments of Marquee. */
export async function deployments(cluster: Cluster): Promise<string[]> {
  const names = await cluster.kubectl(
    'get',
    'deployments',
    '-n',
    NAMESPACE,
    '-o',
    'jsonpath={.items[*].metadata.name}',
  );
  return names.split(' ');
}

export async function rolledOut(cluster: Cluster, deployment: string): Promise<void> {
  await cluster.kubectl('rollout', 'status', '-n', NAMESPACE, `deployment/${deployment}`, '--timeout', '240s');
}
