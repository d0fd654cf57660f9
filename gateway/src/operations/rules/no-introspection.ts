import { GraphQLError, SchemaMetaFieldDef, TypeMetaFieldDef, type ValidationRule } from 'graphql';

/** Rejects introspection of the schema with the code `INTROSPECTION_DISABLED`. */
export const noIntrospectionRule: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value !== SchemaMetaFieldDef.name && node.name.value !== TypeMetaFieldDef.name) return;
    const extensions = { code: 'INTROSPECTION_DISABLED' };
    context.reportError(new GraphQLError('Introspection is disabled.', { nodes: node, extensions }));
  },
});
