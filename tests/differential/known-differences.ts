import type { Difference } from './trial.ts';

interface KnownDifference {
  readonly name: string;
  applies(difference: Difference): boolean;
}

const isOfApollo = ({ what }: Difference) => what === 'Apollo Gateway from graphql-js';

/** Then ours is compared with nothing but the rules. */
const NO_PEER = 'no execution of Apollo Gateway answers rightly';

/** Something is asked of one type of object alone. */
const OF_ONE_TYPE = /\bon (Film|Song)\b/;

const KNOWN: readonly KnownDifference[] = [
  {
    // What is asked of `Work` it completes by `Work`, where null may be; the specification (section 6.4) has it by the object's type `Tape`,
    // where it may not.
    name: 'Apollo Gateway: null in a field that an object, but not its interface, says is never null',
    applies: ({ what, graph, query }) =>
      what === 'ours from Apollo Gateway' && graph === 'library' && /\b(rating|score|author)\b/.test(query),
  },
  {
    // Its executor gives what it renames no new name when it is `0`, `""` or `false`, so a representation lacks what the field requires.
    name: 'Apollo Gateway: @requires with arguments of what is 0, "" or false',
    applies: (difference) =>
      (isOfApollo(difference) || difference.detail.startsWith(NO_PEER)) &&
      difference.graph === 'fares' &&
      /\b(tax|duty|levy|plain|toll|sign)\b/.test(difference.query),
  },
  {
    // `{ media { votes ... on Song { similar { votes } } } }`: the planner has films asked for it too, and what fails there fails them.
    name: 'ours and Apollo Gateway, open: a fault below what was asked of another type, of a subgraph that knows the interface as an object',
    applies: ({ graph, behaviour, query }) =>
      graph === 'media' && behaviour === 'faulty' && /\b(similar|stars|votes)\b/.test(query) && OF_ONE_TYPE.test(query),
  },
  {
    // What an object is, nobody says, since a subgraph lies or does not know it: it has the fields that all of its types share, as in Apollo
    // Gateway, which may be those of none of them.
    name: 'ours and Apollo Gateway, open: an object whose type no subgraph tells',
    applies: ({ what, behaviour, detail, query }) =>
      what === 'ours from a rule' &&
      ['lying', 'forgetful', 'unreachable'].includes(behaviour) &&
      detail.startsWith("the answer's form: ") &&
      /; or /.test(detail) &&
      /\bon \w/.test(query),
  },
];

/** The name of what explains a difference; undefined when nothing does. */
export function knownDifference(difference: Difference): string | undefined {
  const { cause } = difference;
  if (isOfApollo(difference) && cause !== undefined) return `Apollo Gateway, ${cause}`;
  return KNOWN.find(({ applies }) => applies(difference))?.name;
}
