import { type Manifest, nameOf, selects, workloads } from './manifest.ts';

/** A source or target of connections. */
export interface Peer {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Undefined: outside of the cluster. */
  readonly namespace: { readonly name: string; readonly labels: Readonly<Record<string, string>> } | undefined;
  /** TCP ports at which it listens. */
  readonly ports: readonly number[];
  /** Numbers of ports by their names. */
  readonly portNames?: Readonly<Record<string, number>>;
}

// biome-ignore lint/suspicious/noExplicitAny: see manifest.ts
type Free = any;

/** Returns the pods of the manifests as peers. */
export function peersOf(manifests: readonly Manifest[]): Peer[] {
  return workloads(manifests).map(({ manifest, labels, pod }) => ({
    name: nameOf(manifest),
    labels,
    namespace: namespaceOf(manifests, manifest.metadata.namespace ?? 'default'),
    ports: portsOf(pod).map(({ containerPort }) => containerPort),
    portNames: Object.fromEntries(portsOf(pod).map(({ name, containerPort }) => [name, containerPort])),
  }));
}

function portsOf(pod: Free): { name: string; containerPort: number }[] {
  return pod.containers.flatMap(({ ports = [] }: Free) => ports);
}

function namespaceOf(manifests: readonly Manifest[], name: string) {
  const found = manifests.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === name);
  return { name, labels: { ...found?.metadata.labels, 'kubernetes.io/metadata.name': name } };
}

/**
 * Returns true when the NetworkPolicies permit a TCP connection of `from` to a port of `to`: egress of one and ingress of the other.
 * A pod that no policy selects for a direction is unrestricted in it. https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function mayConnect(manifests: readonly Manifest[], from: Peer, to: Peer, port: number): boolean {
  return lets(manifests, 'Egress', from, to, port) && lets(manifests, 'Ingress', to, from, port);
}

function lets(
  manifests: readonly Manifest[],
  type: 'Ingress' | 'Egress',
  pod: Peer,
  other: Peer,
  port: number,
): boolean {
  if (pod.namespace === undefined) return true;
  const policies = manifests.filter(
    ({ kind, spec, metadata }) =>
      kind === 'NetworkPolicy' &&
      metadata.namespace === pod.namespace?.name &&
      policyTypes(spec).includes(type) &&
      selects(spec.podSelector, pod.labels),
  );
  if (policies.length === 0) return true;
  return policies.some(({ spec, metadata }) =>
    ((type === 'Ingress' ? spec.ingress : spec.egress) ?? []).some(
      ({ from, to, ports }: Free) =>
        allowsPort(ports, port, type === 'Ingress' ? pod : other) &&
        allowsPeer((type === 'Ingress' ? from : to) ?? [], other, metadata.namespace),
    ),
  );
}

/** Returns the policy's types; by default ingress, and egress where the policy has rules for it. */
function policyTypes(spec: Free): string[] {
  return spec.policyTypes ?? (spec.egress ? ['Ingress', 'Egress'] : ['Ingress']);
}

/** Matches a port by number or by the target pod's name for it. */
function allowsPort(ports: Free[] | undefined, port: number, { portNames = {} }: Peer): boolean {
  return (
    ports === undefined ||
    ports.some(
      (each) => (each.protocol ?? 'TCP') === 'TCP' && [undefined, port].includes(portNames[each.port] ?? each.port),
    )
  );
}

/** An empty list matches all peers. */
function allowsPeer(peers: Free[], other: Peer, namespace: string | undefined): boolean {
  return (
    peers.length === 0 ||
    peers.some(({ podSelector, namespaceSelector, ipBlock }) => {
      // Addresses in these policies are those outside of the cluster.
      if (ipBlock) return other.namespace === undefined;
      if (other.namespace === undefined) return false;
      const inNamespace = namespaceSelector
        ? selects(namespaceSelector, other.namespace.labels)
        : other.namespace.name === namespace;
      return inNamespace && (podSelector === undefined || selects(podSelector, other.labels));
    })
  );
}
