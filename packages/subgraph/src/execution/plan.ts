import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields.js';
import { fieldArguments } from './arguments.ts';
import { mentionsVariable } from './conditions.ts';
import { serializerOf } from './leaf.ts';

/** A field of the response, computed once for every run of an operation. */
export type Position =
  | { readonly kind: 'leaf'; readonly nullable: boolean; readonly serialize: (value: unknown) => unknown }
  | { readonly kind: 'list'; readonly nullable: boolean; readonly item: Position }
  | {
      readonly kind: 'object';
      readonly nullable: boolean;
      readonly type: GraphQLObjectType;
      readonly selection: SelectionPlan;
    }
  | {
      readonly kind: 'abstract';
      readonly nullable: boolean;
      readonly type: GraphQLAbstractType;
      readonly selectionOf: (type: GraphQLObjectType) => SelectionPlan;
    };

/** A field of the response. */
export interface FieldPlan {
  readonly key: string;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly parentType: GraphQLObjectType;
  readonly nodes: readonly FieldNode[];
  readonly position: Position;
  /** Undefined for a property of the parent. */
  readonly resolve: GraphQLFieldResolver<unknown, unknown> | undefined;
  /** Undefined where they depend on variables, or are invalid. */
  readonly args: Readonly<Record<string, unknown>> | undefined;
}

/** Fields of one object, in the order of the response. */
export interface SelectionPlan {
  readonly fields: readonly FieldPlan[];
  /** Creates the object of the response, with its keys in order. */
  readonly create: () => Record<string, unknown>;
}

export interface PlanContext {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** Values of the variables in `@skip` and `@include`: the plan is valid for these. */
  readonly conditions: Readonly<Record<string, unknown>>;
}

/** Returns the plan of these nodes' selection on an object of this type. */
export function planSelection(
  context: PlanContext,
  type: GraphQLObjectType,
  nodes: readonly Pick<FieldNode, 'selectionSet'>[],
): SelectionPlan {
  const { schema, fragments, conditions } = context;
  const collected = collectSubfields(schema, fragments, conditions, type, nodes as readonly FieldNode[]);
  const fields: FieldPlan[] = [];
  for (const [key, selected] of collected) {
    const definition = definitionOf(schema, type, (selected[0] as FieldNode).name.value);
    if (definition !== undefined) fields.push(planField(context, type, key, definition, selected));
  }
  const keys = fields.map(({ key }) => key);
  return { fields, create: creatorOf(keys) };
}

function planField(
  context: PlanContext,
  parentType: GraphQLObjectType,
  key: string,
  definition: GraphQLField<unknown, unknown>,
  nodes: readonly FieldNode[],
): FieldPlan {
  const [node] = nodes as [FieldNode];
  return {
    key,
    definition,
    parentType,
    nodes,
    position: planPosition(context, definition.type, nodes),
    resolve: definition.resolve,
    args: mentionsVariable(node.arguments ?? [])
      ? undefined
      : constantArguments(context.schema, parentType, definition, node),
  };
}

function constantArguments(...field: Parameters<typeof fieldArguments>) {
  try {
    return Object.freeze(fieldArguments(...field));
  } catch (error) {
    // Every execution reports the field's error.
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}

function planPosition(context: PlanContext, type: GraphQLOutputType, nodes: readonly FieldNode[]): Position {
  const nullable = !isNonNullType(type);
  const inner = isNonNullType(type) ? type.ofType : type;
  if (isListType(inner)) return { kind: 'list', nullable, item: planPosition(context, inner.ofType, nodes) };
  if (isLeafType(inner)) return { kind: 'leaf', nullable, serialize: serializerOf(inner) };
  if (isAbstractType(inner)) {
    const selections = new Map<GraphQLObjectType, SelectionPlan>();
    const selectionOf = (runtimeType: GraphQLObjectType) => {
      let selection = selections.get(runtimeType);
      if (selection === undefined) {
        selection = planSelection(context, runtimeType, nodes);
        selections.set(runtimeType, selection);
      }
      return selection;
    };
    return { kind: 'abstract', nullable, type: inner, selectionOf };
  }
  return { kind: 'object', nullable, type: inner, selection: planSelection(context, inner, nodes) };
}

function definitionOf(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (type === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  return type.getFields()[name];
}

/** Copies of one object share its hidden class, which is fast; a key `__proto__` needs an object without a prototype. */
function creatorOf(keys: readonly string[]): SelectionPlan['create'] {
  if (keys.includes('__proto__')) return () => Object.create(null) as Record<string, unknown>;
  const empty = Object.fromEntries(keys.map((key) => [key, null]));
  return () => ({ ...empty });
}
