import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { StatisticsRecorder } from './statistics.ts';

/** Resets the connections of an address beyond a maximum, which may change at any time, and counts the others. */
export function addConnectionLimit(
  server: Server,
  maxConnections: () => number | null,
  statistics: StatisticsRecorder,
): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (open.get(address) ?? 0) + 1;
    if (count > (maxConnections() ?? Number.POSITIVE_INFINITY)) {
      statistics.faulted('connection');
      socket.resetAndDestroy();
      return;
    }
    open.set(address, count);
    statistics.connected();
    socket.once('close', () => {
      statistics.disconnected();
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
}
