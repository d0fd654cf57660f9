import { after, before, describe } from 'node:test';
import { fuzzTests } from '../fuzz/fuzz-tests.ts';
import { changeTests } from './changes.ts';
import { contractTests } from './contract.ts';
import { costTests, forCosts } from './costs.ts';
import { followingTests } from './following-tmdb.ts';
import { killedWriterTests } from './killed-writers.ts';
import { leavingClientTests } from './leaving-clients.ts';
import { lifecycleTests } from './lifecycle.ts';
import { loadingClientTests } from './loading-clients.ts';
import { nodeTests } from './nodes.ts';
import { pipelineTests } from './pipeline.ts';
import { removeState, type Stack, startStack } from './stack.ts';
import { writingMoviesTests } from './writing-movies.ts';
import { writingPeopleTests } from './writing-people.ts';
import { writingRatingsTests } from './writing-ratings.ts';

const options = { env: { KAFKA_BROKERS: '', ...forCosts } };

describe('the whole stack on this machine, with the event log in Postgres', { timeout: 600_000 }, () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack(options);
  });
  after(async () => {
    await stack.stop();
    await removeState(stack);
  });

  contractTests(() => stack);
  costTests(() => stack);
  nodeTests(() => stack);
  pipelineTests(() => stack);
  changeTests(() => stack);
  leavingClientTests(() => stack);
  loadingClientTests(() => stack);
  writingMoviesTests(() => stack);
  writingPeopleTests(() => stack);
  writingRatingsTests(() => stack);
  lifecycleTests(
    () => stack,
    (again) => {
      stack = again;
    },
    options,
  );
  // Measured on processes that were not killed.
  killedWriterTests(() => stack);
  followingTests(() => stack);
  fuzzTests(() => stack);
});
