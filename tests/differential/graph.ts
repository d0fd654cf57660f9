import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { createSupergraphPlanner, type SupergraphPlanner } from '@marquee/gateway/planning/plan-supergraph';
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  parse,
  validate,
} from 'graphql';
import { OPERATION } from './any-operation.ts';
import { createGeneratedData, type DataObject, ENTITIES, type Execution, hash, NO_FAULTS } from './generated-data.ts';
import type { Parts } from './graphs.ts';
import { pickFrom, Reader } from './reader.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires",
  "@provides", "@shareable", "@interfaceObject", "@inaccessible", "@override"])`;

/** Used only where needed: Apollo Gateway rejects a supergraph with it. */
const CONTEXT_LINK = LINK.replace('"@override"', '"@override", "@context", "@fromContext"');

/** A supergraph with data, executable as one schema and by subgraph. */
export interface Graph {
  readonly name: string;
  readonly supergraph: SupergraphPlanner;
  readonly supergraphSdl: string;
  readonly subgraphs: readonly string[];
  /** Executes an operation on the schema of the whole supergraph. */
  whole(document: DocumentNode, variables: Record<string, unknown>, execution: Execution): Promise<ExecutionResult>;
  /** Validates and executes a request to a subgraph. */
  part(subgraph: string, query: string, variables: unknown, execution: Execution): Promise<ExecutionResult>;
}

/** @throws AggregateError when the parts do not compose */
export function createGraph(name: string, parts: Parts): Graph {
  const modules = Object.entries(parts).map(([part, text]) => ({
    name: part,
    url: `http://${part}.invalid`,
    typeDefs: parse(`${text.includes('@context(') ? CONTEXT_LINK : LINK}\n${text}`, { noLocation: true }),
  }));
  const { supergraphSdl, errors } = composeServices(modules);
  if (supergraphSdl === undefined) throw new AggregateError(errors ?? [], String(errors?.[0]));
  const supergraph = createSupergraphPlanner(supergraphSdl);
  const schemas = new Map(modules.map((module) => [module.name, buildSubgraphSchema([{ typeDefs: module.typeDefs }])]));
  const reader = new Reader(supergraph.fullSchema, modules, schemas);
  const generated = createGeneratedData(supergraph.fullSchema, reader.entities);
  reader.generated = generated;

  const resolve =
    (subgraph: string | undefined): GraphQLFieldResolver<DataObject | undefined, Execution> =>
    (dataObject, args, execution, info) => {
      const { parentType, fieldName } = info;
      const required = reader.requirement(subgraph, dataObject?.type ?? parentType.name, parentType.name, fieldName);
      const { profile } = execution;
      const above = subgraph === undefined && dataObject ? reader.contextArguments(dataObject, fieldName, profile) : {};
      let place = reader.placeOf(dataObject?.id ?? parentType.name, fieldName, { ...args, ...above });
      if (parentType === info.schema.getMutationType()) place += `@${execution.mutations++}`;
      if (required !== undefined && dataObject !== undefined) {
        if (subgraph !== undefined && dataObject.representation === undefined) {
          throw new Error(`${parentType.name}.${fieldName} is requested without its required fields.`);
        }
        const given =
          dataObject.representation === undefined
            ? reader.read(dataObject, required, profile)
            : pickFrom(supergraph.fullSchema, dataObject.representation, required);
        const received = JSON.stringify(given);
        if (profile.isExact && received !== JSON.stringify(reader.read(dataObject, required, profile))) return null;
        place += received;
      }
      execution.places?.add(place);
      reader.failAt(fieldName, place, execution);
      if (reader.isNulled(fieldName, place, execution)) return null;
      const value = reader.valueAt(parentType.name, fieldName, info.returnType, place, profile);
      return subgraph === undefined ? reader.below(dataObject, value) : value;
    };

  for (const [subgraph, schema] of schemas) bindEntities(subgraph, schema);

  function bindEntities(subgraph: string, schema: GraphQLSchema): void {
    for (const type of Object.values(schema.getTypeMap())) {
      if (isAbstractType(type))
        type.resolveType = (dataObject: DataObject & { as?: string }) => dataObject.as ?? dataObject.type;
    }
    const field = schema.getQueryType()?.getFields()._entities;
    if (field === undefined) return;
    const known = new Map<string, Map<string, DataObject>>();
    field.resolve = (_, { representations }: { representations: Record<string, unknown>[] }, execution: Execution) =>
      representations.map((representation) => {
        const typename = String(representation.__typename);
        let things = known.get(typename);
        if (things === undefined) {
          things = thingsByKey(subgraph, typename);
          known.set(typename, things);
        }
        for (const { selectionSet } of reader.keys(subgraph, typename)) {
          const dataObject = things.get(JSON.stringify(pickFrom(supergraph.fullSchema, representation, selectionSet)));
          if (dataObject === undefined) continue;
          if (hash(dataObject.id, execution.profile.seed) % 1000 < execution.profile.missing) return null;
          const as = isObjectType(schema.getType(typename)) ? { as: typename } : {};
          return { ...dataObject, representation, ...as };
        }
        execution.unknown += 1;
        return null;
      });
  }

  function thingsByKey(subgraph: string, typename: string): Map<string, DataObject> {
    const type = supergraph.fullSchema.getType(typename);
    const types = isInterfaceType(type) ? supergraph.fullSchema.getPossibleTypes(type) : [type as GraphQLObjectType];
    return new Map(
      types.flatMap((one) =>
        Array.from({ length: ENTITIES }, (_, index) => ({ type: one.name, id: `${one.name}:${index}` })).flatMap(
          (dataObject) =>
            reader
              .keys(subgraph, typename)
              .map(
                ({ selectionSet }) =>
                  [JSON.stringify(reader.read(dataObject, selectionSet, NO_FAULTS)), dataObject] as const,
              ),
        ),
      ),
    );
  }

  return {
    name,
    supergraph,
    supergraphSdl,
    subgraphs: Object.keys(parts),
    whole: async (document, variableValues, contextValue) =>
      execute({
        schema: supergraph.apiSchema,
        document,
        operationName: OPERATION,
        variableValues,
        contextValue,
        fieldResolver: resolve(undefined),
        typeResolver: ({ type }: DataObject) => type,
      }),
    async part(subgraph, query, variableValues, contextValue) {
      const schema = schemas.get(subgraph) as GraphQLSchema;
      const document = parse(query, { noLocation: true });
      const invalid = validate(schema, document);
      if (invalid.length > 0) throw new Error(`${subgraph} is sent what is not valid: ${invalid[0]?.message} ${query}`);
      return execute({
        schema,
        document,
        variableValues: variableValues as Record<string, unknown>,
        contextValue,
        fieldResolver: resolve(subgraph),
      });
    },
  };
}
