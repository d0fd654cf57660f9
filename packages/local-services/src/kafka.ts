import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import type { Broker, BrokerOptions } from './kafka-broker.ts';
import { requireDocker, startDockerBroker } from './kafka-docker.ts';
import { startJavaBroker, startJavaCluster } from './kafka-java.ts';
import { KAFKA_VERSION, kafkaLibraries } from './kafka-libraries.ts';

/**
 * Starts an Apache Kafka broker on 127.0.0.1: from Maven Central's artifacts on this machine's Java, or else in Docker. It can be stopped
 * and started again on the same port and data. Broker and data end with this process.
 *
 * @throws MarqueeError `NO_BROKER` with the ways to provide one, `BROKER_FAILED`
 */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const reasons: string[] = [];
  try {
    return await startJavaBroker(await kafkaLibraries(), options);
  } catch (error) {
    if (error instanceof MarqueeError) throw error;
    reasons.push(messageOf(error));
  }
  try {
    await requireDocker();
  } catch (error) {
    reasons.push(messageOf(error));
    throw new MarqueeError(
      'NO_BROKER',
      [
        `No Kafka broker (${reasons.join('; ')}). Provide one in any of these ways:`,
        '  1. set KAFKA_BROKERS to the address of a running one (host:port)',
        `  2. install Java 17 or later and Maven: Kafka ${KAFKA_VERSION} is fetched from Maven Central`,
        `  3. start Docker: the image apache/kafka:${KAFKA_VERSION} is used`,
      ].join('\n'),
      { exitCode: EXIT.unreachable },
    );
  }
  return startDockerBroker(options);
}

/**
 * Starts a cluster of brokers on this machine's Java, in which node n has the id n + 1.
 *
 * @throws Error without Java or Maven; MarqueeError `BROKER_FAILED`
 */
export async function startCluster(size: number): Promise<Broker[]> {
  return startJavaCluster(await kafkaLibraries(), size);
}

let shared: Promise<string[]> | undefined;

/**
 * Returns the broker for tests: that of KAFKA_BROKERS, or else one that this process starts at the first call and that ends with it. Other
 * tests may use it too, so names of topics and groups must be unique.
 *
 * @throws MarqueeError `NO_BROKER`, `BROKER_FAILED`
 */
export async function testBroker(): Promise<{ readonly brokers: string[] }> {
  const given = (process.env.KAFKA_BROKERS ?? '').split(',').map((it) => it.trim());
  const brokers = given.filter((it) => it !== '');
  if (brokers.length > 0) return { brokers };
  shared ??= startBroker().then((broker) => broker.brokers);
  return { brokers: await shared };
}
