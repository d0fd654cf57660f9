import { GraphQLError } from 'graphql';

/** The variables of one request. */
export interface Variables {
  /** As the client sent them; subgraphs receive these. */
  readonly given: Readonly<Record<string, unknown>>;
  /** With the operation's defaults, coerced to the types of the schema. */
  readonly coerced: Readonly<Record<string, unknown>>;
  /** True when every request with the same text has these variables. */
  readonly isConstant?: boolean;
}

/** The operation is rejected before execution. */
export class OperationRejected extends Error {
  readonly errors: readonly GraphQLError[];
  constructor(errors: readonly GraphQLError[]) {
    super(errors.map(({ message }) => message).join('; '));
    this.errors = errors;
  }
}

/** Creates the rejection of variables that cannot be coerced. */
export function variablesRejected(errors: readonly GraphQLError[]): OperationRejected {
  const extensions = { code: 'BAD_USER_INPUT' };
  return new OperationRejected(
    errors.map(({ message, nodes }) => new GraphQLError(message, { nodes: nodes ?? null, extensions })),
  );
}
