import { GraphQLError, SchemaMetaFieldDef, TypeMetaFieldDef, type ValidationRule } from 'graphql';

/** Refuses operations that ask for the schema, with code `INTROSPECTION_DISABLED`. */
export const noIntrospectionRule: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value !== SchemaMetaFieldDef.name && node.name.value !== TypeMetaFieldDef.name) return;
    const extensions = { code: 'INTROSPECTION_DISABLED' };
    context.reportError(new GraphQLError('Introspection is off here.', { nodes: node, extensions }));
  },
});
