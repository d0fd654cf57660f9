import type { FactsOf } from '@marquee/subgraph/execution/selected-facts';
import type { __Item__ } from '../domain/__item__.ts';
import type { MovieReference } from './context.ts';

/** The objects of each type, whose properties are its fields. */
export interface Objects {
  readonly Movie: MovieReference;
  readonly __Item__: __Item__;
}

/** Fields without a resolver: each is the property of its name. A field with neither fails the start. */
export const facts: FactsOf<Objects> = {
  Movie: ['id'],
  __Item__: ['id', 'name'],
};
