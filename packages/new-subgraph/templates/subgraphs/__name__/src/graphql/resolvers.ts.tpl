import type { ResolversOf } from '@marquee/subgraph/execution/selected-facts';
import type { Objects } from './facts.ts';
import { Movie } from './movie.ts';

/** Every resolver of this subgraph, by the names of the schema. */
export const resolvers = { Movie } satisfies ResolversOf<Objects>;
