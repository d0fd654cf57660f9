import { randomBytes } from 'node:crypto';
import { after, before, describe } from 'node:test';
import { testBroker } from '@marquee/local-services/kafka';
import { testDatabase } from '@marquee/local-services/test-database';
import { changeTests } from './changes.ts';
import { contractTests } from './contract.ts';
import { costTests, forCosts } from './costs.ts';
import { followingTests } from './following-tmdb.ts';
import { killedWriterTests } from './killed-writers.ts';
import { lifecycleTests } from './lifecycle.ts';
import { pipelineTests } from './pipeline.ts';
import { removeState, type Stack, startStack } from './stack.ts';
import { writingMoviesTests } from './writing-movies.ts';
import { writingPeopleTests } from './writing-people.ts';
import { writingRatingsTests } from './writing-ratings.ts';

const { brokers } = await testBroker();
// Not the shared server: the roles of a stack are global to a server and have fixed names.
delete process.env.TEST_DATABASE_URL;
const database = await testDatabase();
const options = {
  env: {
    ...forCosts,
    DATABASE_URL: database.adminUrl,
    KAFKA_BROKERS: brokers.join(','),
    KAFKA_TOPIC_PREFIX: `test-${randomBytes(4).toString('hex')}.`,
  },
};

describe('the whole stack on this machine, with a Kafka broker and an existing Postgres', {
  timeout: 600_000,
}, () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack(options);
  });
  after(async () => {
    await stack.stop();
    await removeState(stack);
    await database.drop();
  });

  contractTests(() => stack);
  costTests(() => stack);
  pipelineTests(() => stack);
  changeTests(() => stack);
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
});
