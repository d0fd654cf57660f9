import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import type { SendOperation } from './send-operation.ts';

/** Objects of the API, the most popular first. */
export interface CatalogueSample {
  readonly movies: readonly NamedObject[];
  readonly people: readonly NamedObject[];
  readonly genres: readonly NamedObject[];
}

export interface NamedObject {
  readonly id: string;
  readonly name: string;
}

/** Pages of each list, of 100 objects. */
const PAGES = 5;

const NEXT = 'pageInfo { hasNextPage endCursor }';
const MOVIES = `query LoadMovies($after: String) { page: movies(first: 100, after: $after) { edges { node { id name: title } } ${NEXT} } }`;
const TRENDING = `query LoadTrending($after: String) { page: trending(first: 100, after: $after) { edges { node { id name: title } } ${NEXT} } }`;
const PEOPLE = `query LoadPeople($after: String) { page: people(first: 100, after: $after) { edges { node { id name } } ${NEXT} } }`;
const GENRES = 'query LoadGenres { genres { id name } }';

interface Page {
  readonly page: {
    readonly edges: readonly { readonly node: NamedObject }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/**
 * Reads up to 500 movies, trending ones first, and 500 people.
 *
 * @throws MarqueeError `CATALOGUE_UNREACHABLE` (exit code 3), `CATALOGUE_EMPTY` (exit code 2)
 */
export async function readSample(send: SendOperation): Promise<CatalogueSample> {
  async function read<Data>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> {
    const { text, codes } = await send({ query, variables });
    if (codes.length === 0) return (JSON.parse(text) as { data: Data }).data;
    const message = `The movies and people to request cannot be read: ${codes.join(', ')}. Is the gateway running?`;
    throw new MarqueeError('CATALOGUE_UNREACHABLE', message, { exitCode: EXIT.unreachable });
  }
  async function readPages(query: string, pages: number): Promise<NamedObject[]> {
    const objects: NamedObject[] = [];
    let after: string | null = null;
    for (let number = 0; number < pages; number += 1) {
      const { page }: Page = await read<Page>(query, { after });
      objects.push(...page.edges.map(({ node }) => node));
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    return objects;
  }
  const trending = await readPages(TRENDING, 1);
  const movies = await readPages(MOVIES, PAGES);
  const people = await readPages(PEOPLE, PAGES);
  const { genres } = await read<{ genres: NamedObject[] }>(GENRES);
  const sample = { movies: distinct([...trending, ...movies]), people: distinct(people), genres };
  if (Object.values(sample).every(({ length }) => length > 0)) return sample;
  const message = 'The API has no movies, people or genres: load some first.';
  throw new MarqueeError('CATALOGUE_EMPTY', message, { exitCode: EXIT.usage });
}

const distinct = (objects: readonly NamedObject[]) => [
  ...new Map(objects.map((object) => [object.id, object])).values(),
];
