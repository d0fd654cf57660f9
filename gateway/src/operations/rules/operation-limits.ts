import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { GraphQLError, type ValidationContext, type ValidationRule } from 'graphql';
import { literalCountRule, literalDepthRule } from './literal-limits.ts';
import { recursiveSelectionsRule } from './recursive-selections.ts';

/** How much one operation may ask for. */
export interface OperationLimits {
  /** Lexical tokens of the document. */
  readonly tokens: number;
  /** Levels of fields below the operation; a fragment is no level. */
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  /** Times that one field may stand in one selection set. */
  readonly repeats: number;
  /** Selections once every fragment is put in place. */
  readonly selections: number;
  /** Lists and input objects within one another in a literal. */
  readonly literalDepth: number;
  /** Values in literals once every fragment is put in place. */
  readonly literals: number;
  /** Objects that the answer may hold at most, as `operationCost` counts them. */
  readonly cost: number;
}

/**
 * Rules for what a valid operation may hold, by graphql-armor as far as it has them. Each reports an error with a code of its own:
 * `DEPTH_LIMIT_EXCEEDED`, `ALIAS_LIMIT_EXCEEDED`, `DIRECTIVE_LIMIT_EXCEEDED`, `MAX_RECURSIVE_SELECTIONS_EXCEEDED`, `LITERAL_DEPTH_LIMIT_EXCEEDED`, `LITERAL_LIMIT_EXCEEDED`.
 *
 * They expect fragments without cycles, so they run after the rules of the specification, but for the rule of repeated fields.
 */
export function limitRules(limits: OperationLimits): ValidationRule[] {
  const { depth, aliases, directives, selections, literalDepth, literals } = limits;
  return [
    // Introspection has a bound of its own: graphql-js refuses lists of types nested more than three deep.
    maxDepthRule({
      n: depth,
      ignoreIntrospection: true,
      flattenFragments: true,
      ...reporting('DEPTH_LIMIT_EXCEEDED', `The operation is more than ${depth} fields deep.`),
    }),
    // By default the aliases of __typename do not count; a thousand of them are a thousand fields all the same.
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

/** Has a rule of graphql-armor report a typed error; by itself it throws one that calls itself a syntax error. */
function reporting(code: string, message: string) {
  return {
    propagateOnRejection: false,
    onReject: [(context: ValidationContext | null) => context?.reportError(limitError(code, message))],
  };
}

function limitError(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
