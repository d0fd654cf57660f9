import type { Manifest } from '../manifest.ts';

/** A rule for a set of manifests, with a proof that it can fail. */
export interface Rule {
  /** One sentence. */
  readonly name: string;
  /** Returns a sentence for each violation. */
  readonly mistakes: (manifests: readonly Manifest[]) => string[];
  /** Small changes to manifests that keep the rule, each of which breaks it. */
  readonly breaking: Readonly<Record<string, Change>>;
}

/** Changes a copy of the manifests of the overlay for one node. */
export type Change = (manifests: Manifest[]) => void;

/** Finds the manifest of a kind and name; throws without one. */
export function find(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind}/${name}`);
  return found;
}

/** Removes the manifest of a kind and name; throws without one. */
export function remove(manifests: Manifest[], kind: string, name: string): void {
  manifests.splice(manifests.indexOf(find(manifests, kind, name)), 1);
}
