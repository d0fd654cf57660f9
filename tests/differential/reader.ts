import {
  type DirectiveNode,
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { getArgumentValues } from 'graphql/execution/values.js';
import { type Contexts, contextsOf } from './contexts.ts';
import {
  type DataObject,
  type Execution,
  type FaultProfile,
  type GeneratedData,
  hash,
  solid,
} from './generated-data.ts';
import { selectionSetOf } from './selection-text.ts';

interface Module {
  readonly name: string;
  readonly typeDefs: DocumentNode;
}

type Given = Record<string, unknown>;

/**
 * Selects from the data that the gateway sent; without types, which the gateway sends where it needs them itself. Without a type, the data
 * decides which fragments apply.
 */
export function pickFrom(schema: GraphQLSchema, source: unknown, selectionSet: SelectionSetNode): unknown {
  if (Array.isArray(source)) return source.map((item) => pickFrom(schema, item, selectionSet));
  if (typeof source !== 'object' || source === null) return source;
  const { __typename, ...values } = source as Given;
  const picked: Given = {};
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.FIELD) {
      const name = selection.name.value;
      const value = values[name];
      picked[name] = selection.selectionSet ? pickFrom(schema, value, selection.selectionSet) : value;
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      const on = selection.typeCondition?.name.value;
      if (on === undefined || __typename === undefined || isOfType(schema, String(__typename), on)) {
        Object.assign(picked, pickFrom(schema, source, selection.selectionSet));
      }
    }
  }
  return picked;
}

function isOfType(schema: GraphQLSchema, typename: string, on: string): boolean {
  if (typename === on) return true;
  const [type, wanted] = [schema.getType(typename), schema.getType(on)];
  return isAbstractType(wanted) && (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(wanted, type);
}

/** Reads the data of a supergraph by the keys and requirements of its subgraphs' schemas. */
export class Reader {
  readonly entities = new Set<string>();
  generated: GeneratedData | undefined;
  readonly #schema: GraphQLSchema;
  readonly #keys = new Map<string, { selectionSet: SelectionSetNode }[]>();
  readonly #requirements = new Map<string, SelectionSetNode>();
  /** Fields in keys and requirements. They never fail: the whole schema would differ from what subgraphs can return. */
  readonly #bound = new Set<string>();
  readonly #contexts: Contexts;
  readonly #keyLeaves = new Set<string>();
  /** The strictest type of a field among all subgraphs. */
  readonly #types = new Map<string, GraphQLOutputType>();

  constructor(schema: GraphQLSchema, modules: readonly Module[], schemas: ReadonlyMap<string, GraphQLSchema>) {
    this.#schema = schema;
    for (const { name, typeDefs } of modules) {
      for (const node of typeDefs.definitions) {
        if (!('fields' in node) || !('name' in node) || node.name === undefined) continue;
        const type = node.name.value;
        for (const directive of node.directives ?? []) {
          if (directive.name.value === 'key') this.#addKey(name, type, directive);
        }
        for (const field of node.fields ?? []) {
          for (const directive of field.directives ?? []) {
            const selectionSet = fieldsOf(directive);
            if (selectionSet === undefined) continue;
            this.#bind(selectionSet);
            if (directive.name.value !== 'requires') continue;
            this.#bindBelow(schema.getType(type), selectionSet);
            this.#requirements.set(`${name} ${type}.${field.name.value}`, selectionSet);
            this.#requirements.set(`${type}.${field.name.value}`, selectionSet);
          }
        }
      }
    }
    this.#contexts = contextsOf(modules.map(({ typeDefs }) => typeDefs));
    for (const taken of this.#contexts.byField.values()) for (const { selectionSet } of taken) this.#bind(selectionSet);
    for (const part of schemas.values()) this.#takeTypes(part);
  }

  keys(subgraph: string, type: string): readonly { selectionSet: SelectionSetNode }[] {
    return this.#keys.get(`${subgraph} ${type}`) ?? [];
  }

  /** Returns a field's requirement in a subgraph, or in any of them. */
  requirement(subgraph: string | undefined, type: string, parent: string, field: string): SelectionSetNode | undefined {
    const start = subgraph === undefined ? '' : `${subgraph} `;
    const own =
      this.#requirements.get(`${start}${parent}.${field}`) ?? this.#requirements.get(`${start}${type}.${field}`);
    if (own !== undefined) return own;
    const object = this.#schema.getType(type);
    if (!isObjectType(object)) return undefined;
    for (const { name } of object.getInterfaces()) {
      const ofInterface = this.#requirements.get(`${start}${name}.${field}`);
      if (ofInterface !== undefined) return ofInterface;
    }
    return undefined;
  }

  /** Returns a field's context arguments in the supergraph, by name. */
  contextArguments(dataObject: DataObject, field: string, profile: FaultProfile): Given {
    const values: Given = {};
    for (const { argument, context, selectionSet } of this.#contexts.byField.get(`${dataObject.type}.${field}`) ?? []) {
      const above = dataObject.above?.get(context);
      if (above !== undefined) [values[argument]] = Object.values(this.read(above, selectionSet, profile));
    }
    return values;
  }

  /** Returns the object below a field, with the contexts that it inherits and its own. */
  below(dataObject: DataObject | undefined, value: unknown): unknown {
    const given = this.#contexts.byType.get(dataObject?.type ?? '') ?? [];
    if (dataObject === undefined || (given.length === 0 && dataObject.above === undefined)) return value;
    const above = new Map([...(dataObject.above ?? []), ...given.map((context) => [context, dataObject] as const)]);
    const within = (member: unknown): unknown => {
      if (Array.isArray(member)) return member.map(within);
      return isDataObject(member) ? { ...member, above } : member;
    };
    return within(value);
  }

  placeOf(id: string, field: string, args: Given): string {
    const sorted = Object.entries(args).toSorted(([one], [other]) => (one < other ? -1 : 1));
    return sorted.length === 0 ? `${id}.${field}` : `${id}.${field}${JSON.stringify(sorted)}`;
  }

  valueAt(type: string, field: string, declared: GraphQLOutputType, place: string, { isSolid }: FaultProfile): unknown {
    if (this.#keyLeaves.has(field)) return `${place}`;
    const value = this.generated?.valueAt(this.#types.get(`${type}.${field}`) ?? declared, place);
    return isSolid ? solid(value) : value;
  }

  failAt(field: string, place: string, { profile }: Execution): void {
    if (this.#isFaulty(field, place, profile) && hash(place, profile.seed + 1) % 2 === 0) {
      throw new Error('The field fails.');
    }
  }

  isNulled(field: string, place: string, { profile }: Execution): boolean {
    return this.#isFaulty(field, place, profile);
  }

  #isFaulty(field: string, place: string, { seed, faults, only }: FaultProfile): boolean {
    if (faults === 0 || this.#bound.has(field) || only?.has(place) === false) return false;
    return hash(place, seed) % 1000 < faults;
  }

  /** Reads a selection from the data. */
  read(dataObject: DataObject, selectionSet: SelectionSetNode, profile: FaultProfile): Given {
    const result: Given = {};
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FIELD) {
        const type = this.#schema.getType(dataObject.type);
        const definition = isObjectType(type) ? type.getFields()[selection.name.value] : undefined;
        if (definition === undefined) continue;
        const args = getArgumentValues(definition, selection);
        let place = this.placeOf(dataObject.id, definition.name, args);
        const required = this.requirement(undefined, dataObject.type, dataObject.type, definition.name);
        if (required !== undefined) place += JSON.stringify(this.read(dataObject, required, profile));
        const value = this.valueAt(dataObject.type, definition.name, definition.type, place, profile);
        result[definition.name] = this.#below(value, selection.selectionSet, profile);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition?.name.value;
        if (on === undefined || isOfType(this.#schema, dataObject.type, on)) {
          Object.assign(result, this.read(dataObject, selection.selectionSet, profile));
        }
      }
    }
    return result;
  }

  #below(value: unknown, selectionSet: SelectionSetNode | undefined, profile: FaultProfile): unknown {
    if (selectionSet === undefined || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.#below(item, selectionSet, profile));
    return this.read(value as DataObject, selectionSet, profile);
  }

  #addKey(subgraph: string, type: string, directive: DirectiveNode): void {
    const selectionSet = fieldsOf(directive);
    if (selectionSet === undefined) return;
    this.entities.add(type);
    this.#bind(selectionSet, true);
    const isResolvable = !directive.arguments?.some(
      ({ name, value }) => name.value === 'resolvable' && value.kind === Kind.BOOLEAN && !value.value,
    );
    if (!isResolvable) return;
    const place = `${subgraph} ${type}`;
    this.#keys.set(place, [...(this.#keys.get(place) ?? []), { selectionSet }]);
  }

  #bind(selectionSet: SelectionSetNode, isKey = false): void {
    visit(selectionSet, {
      Field: ({ name, selectionSet: below }) => {
        this.#bound.add(name.value);
        if (isKey && below === undefined) this.#keyLeaves.add(name.value);
      },
    });
  }

  /**
   * Excludes non-null fields of required objects from faults. An invalid null in a subgraph's response also removes the required object,
   * while the whole schema resolves both independently.
   */
  #bindBelow(type: GraphQLNamedType | undefined, { selections }: SelectionSetNode): void {
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition?.name.value;
        this.#bindBelow(on === undefined ? type : this.#schema.getType(on), selection.selectionSet);
      } else if (selection.kind === Kind.FIELD && selection.selectionSet !== undefined) {
        const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[selection.name.value] : undefined;
        const below = field && getNamedType(field.type);
        const objects = isAbstractType(below) ? this.#schema.getPossibleTypes(below) : [below];
        for (const object of objects) {
          if (!isObjectType(object)) continue;
          for (const { name, type: of } of Object.values(object.getFields()))
            if (isNonNullType(of)) this.#bound.add(name);
        }
        this.#bindBelow(below, selection.selectionSet);
      }
    }
  }

  #takeTypes(part: GraphQLSchema): void {
    for (const type of Object.values(part.getTypeMap())) {
      if (!isObjectType(type) || type.name.startsWith('_')) continue;
      for (const field of Object.values(type.getFields())) {
        const place = `${type.name}.${field.name}`;
        const existing = this.#types.get(place);
        if (existing !== undefined && String(existing) !== String(field.type)) this.#bound.add(field.name);
        if (existing === undefined || String(field.type).length > String(existing).length)
          this.#types.set(place, field.type);
      }
    }
  }
}

/** Returns false for leaf values that are objects. */
function isDataObject(value: unknown): value is DataObject {
  return typeof value === 'object' && value !== null && 'type' in value && 'id' in value;
}

function fieldsOf({ arguments: given = [] }: DirectiveNode): SelectionSetNode | undefined {
  const value = given.find(({ name }) => name.value === 'fields')?.value;
  return value?.kind === Kind.STRING ? selectionSetOf(value.value) : undefined;
}
