import fc, { type Random as RandomGenerator } from 'fast-check';
import { type DocumentNode, type GraphQLSchema, print, validate } from 'graphql';
import { choicesOf, type Random } from './random.ts';
import { simplerDocuments } from './simpler-documents.ts';

/** An operation to execute: a document, and the values of its variables. */
export class Operation {
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The text of the document. */
  readonly query: string;

  constructor(document: DocumentNode, variables: Readonly<Record<string, unknown>>) {
    this.document = document;
    this.variables = variables;
    this.query = print(document);
  }

  [fc.toStringMethod](): string {
    return `${this.query} ${JSON.stringify(this.variables)}`;
  }
}

/**
 * An arbitrary of operations. It shrinks the document of a failing operation to a minimal valid one: fast-check alone would shrink the
 * random choices, which rarely results in a similar operation.
 */
class OperationArbitrary extends fc.Arbitrary<Operation> {
  readonly #schema: GraphQLSchema;
  readonly #make: (random: Random) => Operation;

  constructor(schema: GraphQLSchema, make: (random: Random) => Operation) {
    super();
    this.#schema = schema;
    this.#make = make;
  }

  override generate(generator: RandomGenerator): fc.Value<Operation> {
    return new fc.Value(this.#make(choicesOf(generator)), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Operation {
    return value instanceof Operation;
  }

  override shrink(operation: Operation): fc.Stream<fc.Value<Operation>> {
    return fc.stream(this.#simpler(operation)).map((simpler) => new fc.Value(simpler, undefined));
  }

  *#simpler({ document, variables }: Operation): Generator<Operation> {
    for (const simpler of simplerDocuments(document)) {
      if (validate(this.#schema, simpler).length > 0) continue;
      const defined = simpler.definitions.flatMap((node) =>
        'variableDefinitions' in node ? (node.variableDefinitions ?? []) : [],
      );
      const names = new Set(defined.map(({ variable }) => variable.name.value));
      yield new Operation(simpler, Object.fromEntries(Object.entries(variables).filter(([name]) => names.has(name))));
    }
  }
}

/** Returns an arbitrary of operations that `make` creates from random choices. */
export function operations(schema: GraphQLSchema, make: (random: Random) => Operation): fc.Arbitrary<Operation> {
  return new OperationArbitrary(schema, make);
}
