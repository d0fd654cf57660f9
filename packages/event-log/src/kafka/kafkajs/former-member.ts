import { type Broker, type Cluster, type PartitionAssigner, PartitionAssigners } from 'kafkajs';
import { kafkaErrorTypes } from '../kafka-error.ts';
import type { LastMember } from '../subscription.ts';

/** A request that kafkajs's brokers have and its types lack. */
type Coordinator = Broker & { leaveGroup(member: { groupId: string; memberId: string }): Promise<unknown> };

/** Removes the member that another consumer of the subscription was, with the connections of a new one. */
interface FormerMember {
  /** For the new consumer. It assigns as kafkajs does by default, and is given the connections. */
  readonly assigner: PartitionAssigner;
  leave(): Promise<void>;
}

/** Creates it for one consumer. kafkajs cannot join as a member that another consumer was. */
export function createFormerMember(group: string, last: LastMember): FormerMember {
  let cluster: Cluster | undefined;
  return {
    assigner: (config) => {
      cluster = config.cluster;
      return PartitionAssigners.roundRobin(config);
    },
    async leave() {
      if (last.id === undefined || cluster === undefined) return;
      const coordinator = (await cluster.findGroupCoordinator({ groupId: group })) as Coordinator;
      try {
        await coordinator.leaveGroup({ groupId: group, memberId: last.id });
      } catch (error) {
        // Its session has expired.
        if (!kafkaErrorTypes(error).includes('UNKNOWN_MEMBER_ID')) throw error;
      }
      last.id = undefined;
    },
  };
}
