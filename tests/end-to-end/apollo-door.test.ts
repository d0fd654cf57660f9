import path from 'node:path';
import { after, before, describe } from 'node:test';
import { contractTests } from './contract.ts';
import { removeState, type Stack, startStack } from './stack.ts';
import { writingMoviesTests } from './writing-movies.ts';
import { writingRatingsTests } from './writing-ratings.ts';

const plugins = path.resolve(import.meta.dirname, '../../gateway/test/fixtures/neutral-plugin.ts');

describe('the whole stack, with the gateway behind plugins of Apollo Server', { timeout: 600_000 }, () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack({ env: { KAFKA_BROKERS: '', APOLLO_PLUGINS: plugins } });
  });
  after(async () => {
    await stack.stop();
    await removeState(stack);
  });

  contractTests(() => stack);
  writingMoviesTests(() => stack);
  writingRatingsTests(() => stack);
});
