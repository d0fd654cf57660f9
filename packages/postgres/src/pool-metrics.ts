import type { Registry } from '@marquee/runtime/metrics';
import type { Pool } from 'pg';
import { Gauge } from 'prom-client';

const measured = new WeakMap<Registry, Set<Pool>>();

/** Exposes the connections of a registry's pools, and the statements and transactions that wait for one, until the pools end. */
export function meterPool(pool: Pool, registry: Registry): void {
  const pools = measured.get(registry);
  if (pools !== undefined) {
    pools.add(pool);
    return;
  }
  const own = new Set([pool]);
  measured.set(registry, own);
  const sum = (count: (pool: Pool) => number) => {
    let total = 0;
    for (const each of own) {
      if (each.ended) own.delete(each);
      else total += count(each);
    }
    return total;
  };
  new Gauge({
    name: 'marquee_database_pool_connections',
    help: 'Open connections of the pools of this process: active ones are in use, idle ones are not.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set(
        { state: 'active' },
        sum(({ totalCount, idleCount }) => totalCount - idleCount),
      );
      this.set(
        { state: 'idle' },
        sum(({ idleCount }) => idleCount),
      );
    },
  });
  new Gauge({
    name: 'marquee_database_pool_waiting',
    help: 'Statements and transactions that wait for a connection of a pool.',
    registers: [registry],
    collect() {
      this.set(sum(({ waitingCount }) => waitingCount));
    },
  });
}
