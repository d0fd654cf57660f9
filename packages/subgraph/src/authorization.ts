import type { Identity } from '@marquee/trust/identity';
import {
  defaultFieldResolver,
  GraphQLError,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getDirectiveValues,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';

/** The part of a request's context that every subgraph has. */
export interface IdentityContext {
  /** Undefined for an anonymous request. */
  readonly identity: Identity | undefined;
}

/** Scopes that a field requires: all of one of these lists. Null: a token with any scopes. */
type Requirement = readonly (readonly string[])[] | null;

/** The directives by name; in a schema that links the federation specification without importing them they have its prefix. */
const AUTHENTICATED = ['authenticated', 'federation__authenticated'];
const REQUIRES_SCOPES = ['requiresScopes', 'federation__requiresScopes'];
const DIRECTIVES = [...AUTHENTICATED, ...REQUIRES_SCOPES];

type Directed = {
  readonly name?: { readonly value: string };
  readonly directives?: readonly { name: { value: string } }[];
};
type Resolver = GraphQLFieldResolver<unknown, IdentityContext>;

/**
 * Makes the schema's resolvers enforce `@authenticated` and `@requiresScopes(scopes: [["a", "b"], ["c"]])` (both `a` and `b`, or `c`) on
 * its fields, with the meaning that Apollo's federation specification gives them
 * (https://specs.apollo.dev/requiresScopes/v0.1, https://specs.apollo.dev/authenticated/v0.1). A field that is refused is an error with
 * code `UNAUTHENTICATED` or `FORBIDDEN`, and its resolver does not run.
 *
 * @throws Error where one of the directives is not on a field of an object type: it would protect nothing
 */
export function enforceAuthorization(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    for (const node of [type.astNode, ...type.extensionASTNodes]) refuseOn(type.name, node ?? {});
    if (isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) refuseOn(`${type.name}.${field.name}`, field.astNode ?? {});
    }
    if (isObjectType(type)) {
      for (const field of Object.values(type.getFields())) protect(schema, field);
    }
  }
}

function refuseOn(place: string, { directives = [] }: Directed): void {
  const directive = directives.find(({ name }) => DIRECTIVES.includes(name.value));
  if (directive === undefined) return;
  throw new Error(`@${directive.name.value} on ${place} would protect nothing: put it on fields of object types.`);
}

function protect(schema: GraphQLSchema, field: GraphQLField<unknown, IdentityContext>): void {
  const requirements = requirementsOf(schema, field);
  if (requirements.length === 0) return;
  const guarded =
    (resolve: Resolver): Resolver =>
    (source, args, context, info) => {
      for (const requirement of requirements) check(context.identity, requirement);
      return resolve(source, args, context, info);
    };
  field.resolve = guarded(field.resolve ?? defaultFieldResolver);
  if (field.subscribe !== undefined) field.subscribe = guarded(field.subscribe);
}

function requirementsOf(schema: GraphQLSchema, { astNode }: GraphQLField<unknown, IdentityContext>): Requirement[] {
  const names = (astNode?.directives ?? []).map(({ name }) => name.value).filter((name) => DIRECTIVES.includes(name));
  return names.map((name) => {
    const definition = schema.getDirective(name);
    if (!definition || !astNode) throw new Error(`@${name} is not defined.`);
    if (AUTHENTICATED.includes(name)) return null;
    return getDirectiveValues(definition, astNode)?.scopes as string[][];
  });
}

function check(identity: Identity | undefined, alternatives: Requirement): void {
  if (identity === undefined) {
    throw new GraphQLError('This needs a token: send `Authorization: Bearer …`.', {
      extensions: { code: 'UNAUTHENTICATED' },
    });
  }
  if (alternatives === null) return;
  const missing = alternatives.map((scopes) => scopes.filter((scope) => !identity.scopes.includes(scope)));
  if (missing.some((scopes) => scopes.length === 0)) return;
  const [fewest = []] = missing.toSorted((one, other) => one.length - other.length);
  throw new GraphQLError(
    fewest.length === 0
      ? 'No token permits this.'
      : `The token lacks the ${fewest.length === 1 ? 'scope' : 'scopes'} ${fewest.join(', ')}.`,
    { extensions: { code: 'FORBIDDEN', missingScopes: fewest, requiredScopes: alternatives } },
  );
}
