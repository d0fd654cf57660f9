import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlanRemover } from '../../../src/http/plan-view/browser/remove-plan.ts';

const PLAN = {
  traceId: null,
  preparationMs: 1,
  executionMs: 2,
  fetches: 1,
  omittedFetches: 0,
  node: { text: '}}"\\{' },
};
const EXTENSION = `"queryPlan":${JSON.stringify(PLAN)}`;

/** Pushes a text in chunks of a length; returns what was passed on before the end, the whole text, and the plan. */
function remove(text: string, length: number) {
  const remover = new PlanRemover();
  let early = '';
  for (let start = 0; start < text.length; start += length) early += remover.push(text.slice(start, start + length));
  const { rest, plan } = remover.end();
  return { early, text: early + rest, plan };
}

test('the plan is removed from a response, however it is cut', () => {
  const response = `{"data":{"a":1.00},"extensions":{${EXTENSION}}}`;
  for (let length = 1; length <= response.length; length += 1) {
    const { early, text, plan } = remove(response, length);
    assert.equal(text, '{"data":{"a":1.00}}');
    assert.equal(early, '{"data":{"a":1.00}');
    assert.deepEqual(plan, PLAN);
  }
});

test('other extensions stay, and so does the end of a multipart response', () => {
  const { text } = remove(`{"data":null,"extensions":{${EXTENSION},"valueCompletion":[]}}`, 7);
  assert.deepEqual(JSON.parse(text), { data: null, extensions: { valueCompletion: [] } });
  const parts = `{"incremental":[],"hasNext":false,"extensions":{${EXTENSION}}}\r\n-----\r\n`;
  assert.equal(remove(parts, 7).text, '{"incremental":[],"hasNext":false}\r\n-----\r\n');
});

test('a response without a plan is passed on as it arrives', () => {
  const remover = new PlanRemover();
  const part = '{"data":{},"hasNext":true}\r\n---';
  assert.equal(remover.push(part), part);
  assert.deepEqual(remover.end(), { rest: '', plan: undefined });
});

test('data that looks like the extension is passed on', () => {
  const data = '{"data":{"x":1,"extensions":{"queryPlan":{"traceId":"a"}}}}';
  assert.equal(remove(data, 5).text, data);
  const both = `${data.slice(0, -1)},"extensions":{${EXTENSION}}}`;
  assert.deepEqual(remove(both, 5), { early: data.slice(0, -1), text: data, plan: PLAN });
});
