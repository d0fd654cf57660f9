import compositionPackage from '@apollo/composition/package.json' with { type: 'json' };
import { type Change, ChangeType, CriticalityLevel, diff } from '@graphql-inspector/core';
import { MarqueeError } from '@marquee/runtime/errors';
import { compose } from '../composition/compose.ts';
import { apiSchemaOf } from '../schema/api-schema.ts';
import type { Deployed } from './deployed.ts';
import { mistakesIn, type Operation } from './operations.ts';

/** The result of checking a release. */
export interface ReleaseCheck {
  /** True when the release is safe: it composes, and no operation that works breaks. */
  readonly ok: boolean;
  /** Composition errors. */
  readonly composition: readonly string[];
  /** Operations that the release makes invalid, with the reasons. */
  readonly broken: readonly { readonly operation: string; readonly reasons: readonly string[] }[];
  /** Operations that are invalid before and after the release. */
  readonly waiting: readonly string[];
  /** Changes of the API schema, breaking ones first. */
  readonly changes: readonly { readonly criticality: CriticalityLevel; readonly message: string }[];
  /** The part to apply first, so that no subgraph gets a request for a field that it lacks. */
  readonly order: 'subgraph-first' | 'supergraph-first' | 'nothing-to-do';
  /** The supergraph after the release; undefined when the subgraphs do not compose. */
  readonly supergraph: string | undefined;
}

const CRITICALITIES = [CriticalityLevel.Breaking, CriticalityLevel.Dangerous, CriticalityLevel.NonBreaking];

/**
 * Composes the released schemas with the deployed ones of the other subgraphs, and compares. An addition is rolled out before the
 * supergraph has it; a removal leaves the supergraph first, so that no gateway requests a removed field.
 *
 * @param released schemas by subgraph
 */
export async function checkRelease(
  released: ReadonlyMap<string, string>,
  deployed: Deployed,
  operations: readonly Operation[],
): Promise<ReleaseCheck> {
  const subgraphs = deployed.subgraphs.map(({ name, url, sdl }) => ({
    name,
    url,
    file: name,
    sdl: released.get(name) ?? sdl,
  }));
  const refused = { broken: [], waiting: [], changes: [], order: 'nothing-to-do', supergraph: undefined } as const;
  let supergraph: string;
  try {
    supergraph = compose({ federationVersion: compositionPackage.version, subgraphs });
  } catch (error) {
    if (!(error instanceof MarqueeError) || error.code !== 'COMPOSITION_FAILED') throw error;
    const [, ...errors] = error.message.split('\n').map((line) => line.trim());
    return { ...refused, ok: false, composition: errors };
  }
  const [before, after] = [apiSchemaOf(deployed.supergraph), apiSchemaOf(supergraph)];
  const failing = operations
    .map((operation) => ({ operation, reasons: mistakesIn(operation, after) }))
    .filter(({ reasons }) => reasons.length > 0);
  const worksNow = ({ operation }: (typeof failing)[number]) => mistakesIn(operation, before).length === 0;
  const broken = failing.filter(worksNow).map(({ operation: { name }, reasons }) => ({ operation: name, reasons }));
  const changes = relevant(await diff(before, after), deployed);
  return {
    ok: broken.length === 0,
    composition: [],
    broken,
    waiting: failing.filter((each) => !worksNow(each)).map(({ operation: { name } }) => name),
    changes: CRITICALITIES.flatMap((criticality) =>
      changes
        .filter((change) => change.criticality.level === criticality)
        .map(({ message }) => ({ criticality, message })),
    ),
    order: orderOf(changes, supergraph !== deployed.supergraph),
    supergraph,
  };
}

/**
 * Drops changes of descriptions and members of new types; those of directives too when the schemas were extracted from a supergraph,
 * which lacks them.
 */
function relevant(changes: readonly Change[], { extracted }: Deployed): Change[] {
  const added = new Set(changes.filter(({ type }) => type === ChangeType.TypeAdded).map(({ path }) => path));
  return changes.filter(
    ({ type, path = '' }) =>
      !type.includes('DESCRIPTION') &&
      !(extracted && type.includes('DIRECTIVE_USAGE')) &&
      (type === ChangeType.TypeAdded || !added.has(path.split('.')[0])),
  );
}

function orderOf(changes: readonly Change[], differs: boolean): ReleaseCheck['order'] {
  if (!differs) return 'nothing-to-do';
  const breaks = changes.some(({ criticality }) => criticality.level === CriticalityLevel.Breaking);
  return breaks ? 'supergraph-first' : 'subgraph-first';
}
