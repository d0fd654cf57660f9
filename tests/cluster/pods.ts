import { spawnSync } from 'node:child_process';
import { eventually } from '@marquee/testing/eventually';
import { kubectlPath } from '../manifests/kubectl.ts';
import tests from '../package.json' with { type: 'json' };
import { type Cluster, NAMESPACE } from './cluster.ts';

/** A program for Node that runs in a pod of its own. */
export interface Program {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** JavaScript that prints its result. */
  readonly script: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Uses the gateway's image, which contains Node and is already on the node. */
function podOf({ name, namespace = NAMESPACE, labels = {}, script, env = {} }: Program): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 1,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'program',
          image: `marquee/gateway:${tests.version}`,
          imagePullPolicy: 'Never',
          command: ['node', '-e', script],
          env: Object.entries(env).map(([name, value]) => ({ name, value })),
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    },
  };
}

export function create(cluster: Cluster, object: object): void {
  const refusal = send(cluster, ['apply', '--filename', '-'], object);
  if (refusal !== undefined) throw new Error(refusal);
}

/** Posts an object to a path of the API; returns the error of a rejection. */
export function post(cluster: Cluster, path: string, object: object): string | undefined {
  return send(cluster, ['create', '--raw', path, '--filename', '-'], object);
}

function send(cluster: Cluster, args: readonly string[], object: object): string | undefined {
  const { status, stderr } = spawnSync(kubectlPath(), ['--context', cluster.context, ...args], {
    input: JSON.stringify(object),
    encoding: 'utf8',
  });
  return status === 0 ? undefined : stderr;
}

/** Starts a program; resolves once it runs. */
export async function start(cluster: Cluster, program: Program): Promise<void> {
  const { name, namespace = NAMESPACE } = program;
  await remove(cluster, name, namespace);
  create(cluster, podOf(program));
  await eventually(async () => {
    const phase = await phaseOf(cluster, name, namespace);
    if (phase === 'Pending' || phase === '') throw new Error(`the pod ${name} does not run yet`);
  }, 60_000);
}

/** Waits for a program's end, removes it, and returns its output; throws with the output when it failed. */
export async function result(
  cluster: Cluster,
  name: string,
  namespace = NAMESPACE,
  withinMs = 60_000,
): Promise<string> {
  const phase = await eventually(async () => {
    const phase = await phaseOf(cluster, name, namespace);
    if (phase !== 'Succeeded' && phase !== 'Failed') throw new Error(`the pod ${name} has not ended`);
    return phase;
  }, withinMs);
  const output = await cluster.kubectl('logs', '-n', namespace, name);
  await remove(cluster, name, namespace);
  if (phase === 'Failed') throw new Error(output);
  return output;
}

/** Runs a program to its end. */
export async function run(cluster: Cluster, program: Program): Promise<string> {
  await start(cluster, program);
  return result(cluster, program.name, program.namespace);
}

async function remove(cluster: Cluster, name: string, namespace: string): Promise<void> {
  await cluster.kubectl('delete', 'pod', name, '-n', namespace, '--ignore-not-found', '--wait');
}

function phaseOf(cluster: Cluster, name: string, namespace: string): Promise<string> {
  return cluster.kubectl('get', 'pod', name, '-n', namespace, '-o', 'jsonpath={.status.phase}');
}
