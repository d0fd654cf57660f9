import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { kubectl, root } from './kubectl.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests are checked against their schemas in schemas.ts, and read freely by the rules.
type Free = any;

/** A Kubernetes object, as it would be sent to a cluster. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Free;
  readonly [field: string]: Free;
}

/** A pod template with its manifest. */
export interface Workload {
  readonly manifest: Manifest;
  readonly labels: Readonly<Record<string, string>>;
  /** PodSpec. */
  readonly pod: Free;
}

/** Returns the folders of all kustomizations, relative to the root, without components, which are part of others. */
export function kustomizations(): string[] {
  return globSync('k8s/{base,overlays}/**/kustomization.yaml', { cwd: root })
    .filter((file) => !readFileSync(path.join(root, file), 'utf8').includes('kind: Component'))
    .map((file) => path.dirname(file))
    .sort();
}

const rendered = new Map<string, readonly Manifest[]>();

/** Returns the manifests that `kubectl apply -k FOLDER` applies. */
export function render(folder: string): readonly Manifest[] {
  let manifests = rendered.get(folder);
  if (manifests === undefined) {
    manifests = parseManifests(kubectl('kustomize', folder));
    rendered.set(folder, manifests);
  }
  return manifests;
}

/** Parses manifests of YAML documents. Throws for invalid YAML and duplicate keys. */
export function parseManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text, { uniqueKeys: true }).flatMap((document) => {
    const [error] = document.errors ?? [];
    if (error) throw error;
    const manifest = document.toJS() as Manifest | null;
    return manifest === null ? [] : [manifest];
  });
}

/** Kinds with pod templates. */
export function workloads(manifests: readonly Manifest[]): Workload[] {
  return manifests.flatMap((manifest) => {
    const template = templateOf(manifest);
    return template ? [{ manifest, labels: template.metadata?.labels ?? {}, pod: template.spec }] : [];
  });
}

function templateOf({ kind, spec }: Manifest): Free {
  if (['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind)) return spec.template;
  return kind === 'CronJob' ? spec.jobTemplate.spec.template : undefined;
}

/** `Deployment/people-api`. */
export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.name}`;
}

/** Returns all containers of a pod, init containers first. */
export function containersOf(pod: Free): Free[] {
  return [...(pod.initContainers ?? []), ...pod.containers];
}

/** Returns true when a label selector matches these labels. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
export function selects(selector: Free, labels: Readonly<Record<string, string>>): boolean {
  const equal = Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return equal && (selector?.matchExpressions ?? []).every((expression: Free) => matches(expression, labels));
}

function matches({ key, operator, values }: Free, labels: Readonly<Record<string, string>>): boolean {
  if (operator === 'Exists') return key in labels;
  if (operator === 'DoesNotExist') return !(key in labels);
  return values.includes(labels[key]) === (operator === 'In');
}
