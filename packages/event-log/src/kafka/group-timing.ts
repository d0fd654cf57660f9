/** Silence after which the group reassigns a member's partitions, and time that the others wait for its handlers. */
export const SESSION_TIMEOUT_MS = 10_000;
export const REBALANCE_TIMEOUT_MS = 60_000;
export const HEARTBEAT_MS = 1_000;
/** Time that a fetch waits for records; a seek or a resumed partition takes effect with the next fetch. */
export const FETCH_WAIT_MS = 500;
/** Time after which a consumer that does not leave its group is cut off. */
export const LEAVE_WAIT_MS = 15_000;
