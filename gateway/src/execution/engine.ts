import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { type CompiledOperation, compileOperation } from './operation.ts';
import type { PlannedSupergraph } from './supergraph.ts';

/** Executes operations on one supergraph; those that come again are planned and compiled already. */
export interface Engine {
  readonly supergraph: PlannedSupergraph;
  /**
   * @param key equal for equal documents
   * @throws GraphQLError when the operation cannot be planned
   */
  operation(key: string, document: DocumentNode, operation: OperationDefinitionNode): CompiledOperation;
}

/** @param cacheBytes what the compiled operations that are kept may take, about */
export function createEngine(supergraph: PlannedSupergraph, cacheBytes: number): Engine {
  const cache = new LRUCache<string, CompiledOperation>({ maxSize: cacheBytes, sizeCalculation: ({ size }) => size });
  return {
    supergraph,
    operation(key, document, operation) {
      const place = `${key} ${operation.name?.value ?? ''}`;
      let compiled = cache.get(place);
      if (compiled === undefined) {
        compiled = compileOperation(supergraph, document, operation);
        cache.set(place, compiled);
      }
      return compiled;
    },
  };
}
