import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { Caller } from '../directives/access.ts';
import { type IsLabelOn, labelsOf } from '../directives/override.ts';
import {
  type CompiledOperation,
  type CompileOptions,
  compileOperation,
  type Decisions,
} from '../execution/compile-operation.ts';
import type { ExecutableSupergraph } from '../execution/executable-supergraph.ts';
import { guardOperation } from './authorize-operation.ts';

/** An operation as different callers get it. */
export interface OperationVariants {
  /** About what they take of memory, in bytes. */
  readonly size: number;
  /**
   * The operation for a caller: without what they are not permitted, by the subgraphs that the labels choose. Callers with whom all of that
   * is equal get the same.
   *
   * @throws GraphQLError when it asks for more than can be planned
   */
  variant(caller: Caller, isLabelOn: IsLabelOn): CompiledOperation;
  /** Whom it was asked for by, and for what: one caller of those that get the same. */
  readonly asked: readonly Asked[];
  /**
   * Plans and compiles it before it is asked for: for callers like these, or for nobody in particular.
   *
   * @throws GraphQLError when it asks for more than can be planned
   */
  prepare(asked?: readonly Asked[]): Promise<void>;
}

/** A caller, and what the operation was for it. */
export interface Asked {
  readonly caller: Caller;
  readonly labels: ReadonlySet<string>;
  readonly decisions?: readonly Decisions[];
}

/** Variants of one operation that are kept. */
const MAX_VARIANTS = 32;

/** Compiles an operation of a valid document once for each set of callers that get the same of it. */
export function operationVariants(
  supergraph: ExecutableSupergraph,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  options: Pick<CompileOptions, 'deferLabels' | 'onGrowth'> = {},
): OperationVariants {
  const { apiSchema, accessRules, overrideLabels } = supergraph;
  const guard = guardOperation(apiSchema, accessRules, document, operation);
  const labels = labelsOf(apiSchema, overrideLabels, document);
  const variants = new Map<string, Asked & { readonly compiled: CompiledOperation }>();

  function compile(unmet: string, on: ReadonlySet<string>): CompiledOperation {
    const restricted = unmet === '' ? undefined : guard?.restrict(unmet);
    const overrides = labels.length === 0 ? undefined : new Map(labels.map((label) => [label, on.has(label)]));
    return compileOperation(supergraph, document, operation, { ...options, restricted, overrides });
  }

  function variantOf(unmet: string, caller: Caller, on: readonly string[]): CompiledOperation {
    const key = on.length === 0 ? unmet : `${unmet} ${on.join(' ')}`;
    let known = variants.get(key);
    if (known === undefined) {
      const onLabels = new Set(on);
      known = { caller, labels: onLabels, compiled: compile(unmet, onLabels) };
      const [oldest] = variants.keys();
      if (variants.size >= MAX_VARIANTS && oldest !== undefined) variants.delete(oldest);
      variants.set(key, known);
    }
    return known.compiled;
  }

  const variant: OperationVariants['variant'] = (caller, isLabelOn) =>
    variantOf(guard === undefined ? '' : guard.unmet(caller), caller, labels.filter(isLabelOn));

  return {
    variant,
    get size() {
      let size = 1;
      for (const { compiled } of variants.values()) size += compiled.size;
      return size;
    },
    get asked() {
      return [...variants.values()].map(({ compiled, caller, labels }) => ({
        caller,
        labels,
        decisions: compiled.decisions,
      }));
    },
    async prepare(asked = [{ caller: undefined, labels: new Set() }]) {
      for (const { caller, labels, decisions } of asked) {
        await variant(caller, (label) => labels.has(label)).prepare(decisions);
      }
    },
  };
}
