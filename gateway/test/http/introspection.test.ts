import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, printSchema } from 'graphql';
import { type GatewayProcess, startGateway } from '../fixtures/gateway-process.ts';

const root = new URL('../../../', import.meta.url);
const SUPERGRAPH = fileURLToPath(new URL('supergraph.graphql', root));

type IntrospectedType = { kind: string; ofType?: IntrospectedType | null };
type Introspected = { name: string; fields: { name: string; type: IntrospectedType }[] | null };

const TYPES = `{ __schema { types { name fields(includeDeprecated: true) {
  name type { kind ofType { kind ofType { kind ofType { kind } } } } } } } }`;

describe('introspection', () => {
  let gateway: GatewayProcess;
  before(async () => {
    gateway = await startGateway(SUPERGRAPH);
  });
  after(() => gateway?.stop());

  const options = {
    descriptions: true,
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  };
  for (const [name, given] of Object.entries({
    'every option': options,
    'no option': Object.fromEntries(Object.keys(options).map((option) => [option, false])),
    ...Object.fromEntries(Object.keys(options).map((option) => [option, { [option]: true }])),
  })) {
    it(`answers tools: ${name}`, async () => {
      const { data, errors } = await gateway.query(getIntrospectionQuery(given));
      assert.equal(errors, undefined);
      const schema = printSchema(buildClientSchema(data as IntrospectionQuery));
      assert.match(schema, /type Movie/);
    });
  }

  it('resolves every field of the introspection types', async () => {
    const { data } = await gateway.query(TYPES);
    const { types } = (data as { __schema: { types: Introspected[] } }).__schema;
    const own = types.filter(({ name, fields }) => name.startsWith('__') && fields !== null);
    assert.ok(own.length >= 6);
    const isLeaf = (type: IntrospectedType): boolean =>
      type.ofType ? isLeaf(type.ofType) : type.kind === 'SCALAR' || type.kind === 'ENUM';
    const leaves = (type: string): string =>
      (own.find(({ name }) => name === type)?.fields ?? [])
        .flatMap(({ name, type: returned }) => (isLeaf(returned) ? [name] : []))
        .join(' ');
    const text = `{
      __schema { ${leaves('__Schema')} directives { ${leaves('__Directive')} args { ${leaves('__InputValue')} } }
        types { ${leaves('__Type')} fields { ${leaves('__Field')} } enumValues { ${leaves('__EnumValue')} } } }
      __type(name: "Movie") { ${leaves('__Type')} } }`;
    assert.match(text, /isOneOf/);
    const answer = await gateway.query(text);
    assert.deepEqual(answer.errors, undefined);
  });

  it('works beside other fields, in fragments and with @defer', async () => {
    const oneOf = { __type: { isOneOf: false } };
    const texts = [
      '{ __type(name: "MovieFilter") { isOneOf } }',
      'query ($name: String!) { ...T } fragment T on Query { __type(name: $name) { isOneOf } }',
      'query ($name: String!) { ... on Query { __type(name: $name) { isOneOf } } __typename }',
      '{ ... @defer { __typename } __type(name: "MovieFilter") { isOneOf } }',
    ];
    for (const text of texts) {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: text, variables: { name: 'MovieFilter' } }),
      });
      const { data, errors } = (await response.json()) as { data: typeof oneOf; errors?: unknown };
      assert.equal(errors, undefined, text);
      assert.ok('isOneOf' in data.__type, text);
    }
    assert.deepEqual((await gateway.query('{ __type(name: "Movie") { isOneOf } }')).data, {
      __type: { isOneOf: null },
    });
  });

  it('needs no plan', async () => {
    const planned = () => gateway.metric('marquee_planning_seconds_count{service="gateway",outcome="planned"');
    const before = await planned();
    await gateway.query('{ __schema { types { kind } } __typename }');
    assert.equal(await planned(), before);
  });
});
