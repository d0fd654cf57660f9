import { after, before, describe } from 'node:test';
import { resumingSubscriberTests } from '../end-to-end/resuming-subscribers.ts';
import { removeState, type Stack, startStack } from '../end-to-end/stack.ts';
import { apolloClientTests } from './apollo-client.ts';
import { apolloSubscriptionTests } from './apollo-subscriptions.ts';
import { documentedProgramTests } from './documented-programs.ts';
import { eventSourceTests } from './event-source.ts';
import { gqlTadaTests } from './gql-tada.ts';
import { graphiqlTests } from './graphiql.ts';
import { graphqlCodegenTests } from './graphql-codegen.ts';
import { graphqlHttpTests } from './graphql-http.ts';
import { graphqlRequestTests } from './graphql-request.ts';
import { graphqlSseTests } from './graphql-sse.ts';
import { graphqlWsTests } from './graphql-ws.ts';
import { plainHttpTests } from './plain-http.ts';
import { relayAppTests } from './relay-app.ts';
import { relayNetworkTests } from './relay-network.ts';
import { urqlTests } from './urql.ts';
import { urqlSubscriptionTests } from './urql-subscriptions.ts';

describe('clients of others, on the whole stack', { timeout: 600_000 }, () => {
  let stack: Stack;
  before(async () => {
    stack = await startStack({ env: { KAFKA_BROKERS: '' } });
  });
  after(async () => {
    await stack.stop();
    await removeState(stack);
  });

  apolloClientTests(() => stack);
  urqlTests(() => stack);
  graphqlRequestTests(() => stack);
  graphqlHttpTests(() => stack);
  graphiqlTests(() => stack);
  relayNetworkTests(() => stack);
  relayAppTests(() => stack);
  graphqlCodegenTests(() => stack);
  gqlTadaTests(() => stack);
  plainHttpTests(() => stack);
  apolloSubscriptionTests(() => stack);
  urqlSubscriptionTests(() => stack);
  graphqlSseTests(() => stack);
  graphqlWsTests(() => stack);
  eventSourceTests(() => stack);
  documentedProgramTests(() => stack);
  // Last, because it kills processes.
  resumingSubscriberTests(() => stack);
});
