import type { Difference } from './trial.ts';

interface KnownDifference {
  readonly name: string;
  applies(difference: Difference): boolean;
}

const isOfApollo = ({ what }: Difference) => what === 'Apollo Gateway from graphql-js';
const isConditional = ({ query }: Difference) => /@(skip|include)/.test(query);

/** Fields of the graphs that require others. */
const REQUIRING = /\b(fee|duty|crate|blurb|after|fame|summary|unhidden|last)\b/;
const requiresOnCondition = (difference: Difference) => isConditional(difference) && REQUIRING.test(difference.query);

/** An alias that is the name of a field of some key or `@requires` of the graph; all others do no harm. */
const ALIAS_OF_KEY = /\b(id|name|title): \w+/;

/** What is known to differ, and why. What both gateways do is in the plan that they share. */
const KNOWN: readonly KnownDifference[] = [
  {
    // `{ film { id: title summary } }`: what is fetched for the key takes the place of what the client asks for under that name.
    name: 'the planner of both: an alias with the name of a key',
    applies: ({ what, detail, query }) =>
      what.startsWith('ours') && !detail.startsWith('it throws') && ALIAS_OF_KEY.test(query),
  },
  {
    // `{ last last @include(if: $yes) }`: the second is fetched before what it requires.
    name: 'the planner of both: a field with @requires that is asked for with a condition and without',
    applies: (difference) =>
      difference.what === 'ours from graphql-js' && difference.agreed === true && requiresOnCondition(difference),
  },
  {
    // `{ media { ... on Song { stars { by } summary } } }`: a film is sent to the subgraph of the summary too, without a key.
    name: 'the planner of both: what is asked of one type alone, of a subgraph that knows the interface as an object',
    applies: ({ what, graph, detail, query }) =>
      graph === 'media' &&
      ((what === 'ours from a rule' && detail === 'a representation fits no entity') ||
        (what === 'ours from graphql-js' && /\.\.\. on/.test(query) && /\bsummary\b/.test(query))),
  },
  {
    // A null that may not be takes the object away that a field of another subgraph requires; as a whole the two know nothing of one another.
    name: 'both gateways: a fault beside what another field requires',
    applies: (difference) =>
      difference.what === 'ours from graphql-js' &&
      difference.behaviour === 'faulty' &&
      REQUIRING.test(difference.query),
  },
  {
    // `{ people { name @skip(if: $it) @include(if: $it) } }`: nothing is planned, so the field looks like one that nobody can answer.
    name: 'the planner of both: a field below which nothing can ever be asked for',
    applies: (difference) => difference.detail.includes('No subgraph can answer') && isConditional(difference),
  },
  {
    // "Cannot add selection of field …", and an endless recursion: both gateways refuse the operation with the same words.
    name: 'the planner of both: it fails',
    applies: ({ detail, agreed }) => detail.startsWith('it throws: ') && agreed === true,
  },
  {
    name: 'Apollo Gateway: @requires with arguments',
    applies: (difference) => isOfApollo(difference) && difference.graph === 'fares',
  },
  {
    // What a representation lacks since its condition is false keeps other fields of the entity from being asked for.
    name: 'Apollo Gateway: @requires on a condition',
    applies: (difference) => isOfApollo(difference) && requiresOnCondition(difference),
  },
  {
    name: 'Apollo Gateway: an alias with the name of a key, on which it also throws',
    applies: (difference) => isOfApollo(difference) && ALIAS_OF_KEY.test(difference.query),
  },
  {
    // The subgraph that knows an interface as an object says that everything is the interface.
    name: 'Apollo Gateway: the type of an object that a subgraph knows as an interface',
    applies: (difference) => isOfApollo(difference) && difference.graph === 'media',
  },
  {
    name: 'Apollo Gateway: keys that are not resolved',
    applies: (difference) =>
      isOfApollo(difference) && difference.graph === 'chain' && /\b(last|end|fourths)\b/.test(difference.query),
  },
];

/** The name of what explains a difference; undefined when nothing does. */
export function knownDifference(difference: Difference): string | undefined {
  return KNOWN.find(({ applies }) => applies(difference))?.name;
}
