import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { GraphQLError, type ValidationContext, type ValidationRule } from 'graphql';
import { literalCountRule, literalDepthRule } from './literal-limits.ts';
import { recursiveSelectionsRule } from './recursive-selections.ts';

/** Limits of one operation. */
export interface OperationLimits {
  /** Lexical tokens of the document. */
  readonly tokens: number;
  /** Levels of fields; a fragment is no level. */
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  /** Occurrences of one field in a selection set. */
  readonly repeats: number;
  /** Selections, fragments inlined. */
  readonly selections: number;
  /** Nested lists and input objects in a literal. */
  readonly literalDepth: number;
  /** Values in literals, fragments inlined. */
  readonly literals: number;
  /** See `operationCost`. */
  readonly cost: number;
}

/**
 * Creates the rules of the limits, from graphql-armor where it has them. Each reports an error with a code of its own:
 * `DEPTH_LIMIT_EXCEEDED`, `ALIAS_LIMIT_EXCEEDED`, `DIRECTIVE_LIMIT_EXCEEDED`, `MAX_RECURSIVE_SELECTIONS_EXCEEDED`, `LITERAL_DEPTH_LIMIT_EXCEEDED`, `LITERAL_LIMIT_EXCEEDED`.
 *
 * They require fragments without cycles, so they run after the rules of the specification.
 */
export function limitRules(limits: OperationLimits): ValidationRule[] {
  const { depth, aliases, directives, selections, literalDepth, literals } = limits;
  return [
    // graphql-js limits introspection itself (MaxIntrospectionDepthRule).
    maxDepthRule({
      n: depth,
      ignoreIntrospection: true,
      flattenFragments: true,
      ...reporting('DEPTH_LIMIT_EXCEEDED', `The operation is more than ${depth} fields deep.`),
    }),
    // By default aliases of __typename do not count, but they cost as much.
    maxAliasesRule({
      n: aliases,
      allowList: [],
      ...reporting('ALIAS_LIMIT_EXCEEDED', `The operation has more than ${aliases} aliases.`),
    }),
    maxDirectivesRule({
      n: directives,
      ...reporting('DIRECTIVE_LIMIT_EXCEEDED', `The operation has more than ${directives} directives.`),
    }),
    recursiveSelectionsRule(selections),
    literalDepthRule(literalDepth),
    literalCountRule(literals),
  ] as ValidationRule[];
}

/** Lets a rule of graphql-armor report an error with a code, instead of throwing a syntax error. */
function reporting(code: string, message: string) {
  return {
    propagateOnRejection: false,
    onReject: [(context: ValidationContext | null) => context?.reportError(limitError(code, message))],
  };
}

function limitError(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
