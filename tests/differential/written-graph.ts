import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type ExecutionResult, graphql, parse } from 'graphql';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';

const SCHEMAS: Readonly<Record<string, string>> = {
  names: `type Query { item: Item barrier(number: Int!): Int }
    type Item @key(fields: "id") { id: ID! name: Int }
    type Mutation { setName(value: Int!): Item }`,
  stocks: `type Item @key(fields: "id") { id: ID! stock: Int }
    type Mutation { setStock(value: Int!): Item }`,
};

const modules = (urlOf: (subgraph: string) => string) =>
  Object.entries(SCHEMAS).map(([name, text]) => ({
    name,
    url: urlOf(name),
    typeDefs: parse(`${LINK}\n${text}`, { noLocation: true }),
  }));

export function writtenSupergraph(urlOf: (subgraph: string) => string): string {
  const { supergraphSdl, errors } = composeServices(modules(urlOf));
  if (supergraphSdl === undefined) throw new AggregateError(errors ?? []);
  return supergraphSdl;
}

/** An item in two subgraphs, which mutations change. Requests take effect on arrival; their responses can be held. */
export class WrittenItem {
  #name = 0;
  #stock = 0;
  #writes = 0;
  #heldAt: string | undefined;
  #held: PromiseWithResolvers<void>[] = [];
  readonly #barriers = new Map<number, PromiseWithResolvers<void>>();
  readonly #schemas = new Map(
    modules(() => 'http://unused.invalid').map(({ name, typeDefs }) => [
      name,
      buildSubgraphSchema([{ typeDefs, resolvers: this.#resolvers(name) as never }]),
    ]),
  );

  /** Holds a subgraph's responses to later requests; undefined holds none. */
  holdAt(subgraph: string | undefined): void {
    this.#heldAt = subgraph;
  }

  get writes(): number {
    return this.#writes;
  }

  /** Resolves when the barrier of a number has been requested. */
  passed(barrier: number): Promise<void> {
    const requested = Promise.withResolvers<void>();
    this.#barriers.set(barrier, requested);
    return requested.promise;
  }

  /** Sends all held responses. */
  release(): void {
    for (const { resolve } of this.#held.splice(0)) resolve();
  }

  async answer(subgraph: string, query: string, variables: Record<string, unknown>): Promise<ExecutionResult> {
    const isHeld = this.#heldAt === subgraph && !query.includes('barrier');
    const schema = this.#schemas.get(subgraph);
    if (schema === undefined) throw new Error(`There is no subgraph ${subgraph}.`);
    const answer = await graphql({ schema, source: query, variableValues: variables });
    if (isHeld) {
      const held = Promise.withResolvers<void>();
      this.#held.push(held);
      await held.promise;
    }
    return JSON.parse(JSON.stringify(answer));
  }

  #resolvers(subgraph: string): unknown {
    const item = { id: '1' };
    const reference = { __resolveReference: () => item };
    if (subgraph === 'stocks') {
      const setStock = (_: unknown, { value }: { value: number }) => {
        this.#stock = value;
        this.#writes += 1;
        return item;
      };
      return { Mutation: { setStock }, Item: { ...reference, stock: () => this.#stock } };
    }
    const setName = (_: unknown, { value }: { value: number }) => {
      this.#name = value;
      this.#writes += 1;
      return item;
    };
    return {
      Query: {
        item: () => item,
        barrier: (_: unknown, { number }: { number: number }) => {
          this.#barriers.get(number)?.resolve();
          return number;
        },
      },
      Mutation: { setName },
      Item: { ...reference, name: () => this.#name },
    };
  }
}
