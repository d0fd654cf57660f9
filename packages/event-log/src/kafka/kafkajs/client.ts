import net from 'node:net';
import tls from 'node:tls';
import { Kafka, logLevel, type SASLOptions } from 'kafkajs';
import type { KafkaConnection } from '../connection.ts';
import { CUT_OFF, clientLog } from './client-log.ts';
import './compression.ts';
import './request-queue-timer.ts';

/** A client whose connections can be closed at any time, whatever kafkajs is waiting for. */
export interface KafkaClient {
  kafka: Kafka;
  /** Closes every connection at once, and prevents new ones. */
  cut(): void;
}

/** kafkajs' default; a NAT drops an idle connection after some minutes. */
const KEEP_ALIVE_MS = 60_000;

/**
 * Creates a client for one producer, consumer or administrative request. The consumers of one kafkajs client would share one table of
 * committed offsets for each group, and overwrite each other's.
 *
 * @param options.retries kafkajs' attempts to connect, a second apart at most. Few by default: the callers retry, with a time limit
 * of their own.
 */
export function createClient(
  connection: KafkaConnection,
  { requestTimeoutMs = 30_000, retries = 2 }: { requestTimeoutMs?: number; retries?: number } = {},
): KafkaClient {
  const sockets = new Set<net.Socket>();
  let isCut = false;

  const kafka = new Kafka({
    // None: kafkajs treats an empty list as final, whatever number of retries it has left.
    brokers: () => (isCut ? [] : [...connection.brokers]),
    clientId: connection.clientId,
    connectionTimeout: 3_000,
    requestTimeout: requestTimeoutMs,
    retry: { retries, initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: logLevel.INFO,
    logCreator: clientLog(connection.logger),
    ...(connection.ssl && { ssl: connection.ssl }),
    ...(connection.sasl && { sasl: connection.sasl as SASLOptions }),
    socketFactory: ({ host, port, ssl, onConnect }) => {
      if (isCut) throw new Error(CUT_OFF);
      const socket = ssl
        ? // Server name indication takes host names only (RFC 6066, section 3).
          tls.connect({ host, port, ...(net.isIP(host) === 0 && { servername: host }), ...ssl }, onConnect)
        : net.connect({ host, port }, onConnect);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
  });

  return {
    kafka,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy(new Error(CUT_OFF));
    },
  };
}
