import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDocument } from '@marquee/graphql-over-http/parse-document';
import { buildSchema, GraphQLError, parse, print, validate } from 'graphql';

const schema = buildSchema('type Query { movie(id: ID!): String }');
const text = `query ($id: ID!) {
  movie(id: $id)
  nothing
  ...F
}
fragment F on Query { movie(id: "\\u0041 \u{1f3ac}") }`;

describe('a document that is kept', () => {
  it('is as graphql-js parses it, and its errors stand where they stood', () => {
    const [kept, parsed] = [parseDocument(text), parse(text)];
    assert.equal(print(kept), print(parsed));
    const errors = validate(schema, kept).map((error) => error.toJSON());
    assert.ok(errors.length > 0);
    assert.deepEqual(
      errors,
      validate(schema, parsed).map((error) => error.toJSON()),
    );
  });

  it('has no tokens', () => {
    const tokens: string[] = [];
    const look = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, member] of Object.entries(value)) {
        if (key === 'startToken' || key === 'endToken') tokens.push(key);
        else look(member);
      }
    };
    look(parseDocument(text));
    assert.deepEqual(tokens, []);
    look(parse(text).definitions[0]?.loc);
    assert.ok(tokens.length > 0, 'one would have been seen');
  });

  it('is refused as graphql-js refuses it', () => {
    assert.throws(() => parseDocument('{'), GraphQLError);
    assert.throws(() => parseDocument('{ a b c }', { maxTokens: 3 }), /more that 3 tokens/);
  });

  const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);
  const DEEP = {
    'a type': `query ($x: ${'['.repeat(5_000)}Int${']'.repeat(5_000)}) { movie }`,
    'a list': `{ movie(id: ${nested(50_000, '[', ']')}) }`,
    'an object': `{ movie(id: ${'{a:'.repeat(300)}1${'}'.repeat(300)}) }`,
    selections: `{ movie ${nested(100_000, '{ a ', '}')} }`,
    fragments: `${nested(201, '{ ... ', '}')}`,
    "a type of a fragment's variable": `query @a(b: ${'['.repeat(201)}`,
    'what is never closed': '('.repeat(250_000),
  };
  for (const [name, deep] of Object.entries(DEEP)) {
    it(`is nested so deep and no deeper: ${name}`, () => {
      assert.throws(() => parseDocument(deep), { extensions: { code: 'NESTING_LIMIT_EXCEEDED' } });
    });
  }

  it('may be nested as far as operations are', () => {
    const deep = `query ($x: ${'['.repeat(199)}Int${']'.repeat(199)}) { movie }`;
    assert.equal(print(parseDocument(deep)), print(parse(deep)));
  });
});
