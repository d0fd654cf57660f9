import { randomBytes } from 'node:crypto';
import { after, before, describe } from 'node:test';
import { testBroker } from '@marquee/local-services/kafka';
import { contractTests } from './contract.ts';
import { costTests } from './costs.ts';
import { lifecycleTests } from './lifecycle.ts';
import { pipelineTests } from './pipeline.ts';
import { removeState, type Stack, startStack } from './stack.ts';

const { brokers } = await testBroker();
const prefix = `test-${randomBytes(4).toString('hex')}.`;
const options = { env: { KAFKA_BROKERS: brokers.join(','), KAFKA_TOPIC_PREFIX: prefix } };

describe('everything on this machine, with a real Kafka broker', { timeout: 600_000 }, () => {
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
  pipelineTests(() => stack);
  lifecycleTests(
    () => stack,
    (again) => {
      stack = again;
    },
    options,
  );
});
