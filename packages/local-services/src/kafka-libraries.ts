import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { acquireLock } from './process-lock.ts';

const run = promisify(execFile);

export const KAFKA_VERSION = '4.3.0';

/** A Java and a folder of jars, to run a broker without a container. */
export interface KafkaLibraries {
  readonly java: string;
  readonly folder: string;
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>marquee</groupId>
  <artifactId>broker</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

/**
 * Returns Apache Kafka from Maven Central, downloaded once for each account of this machine into its cache folder.
 *
 * @throws Error with what is missing, for the list of attempts
 */
export async function kafkaLibraries(): Promise<KafkaLibraries> {
  const java = await findJava();
  const cache = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'marquee');
  const folder = path.join(cache, `kafka-${KAFKA_VERSION}`);
  await mkdir(cache, { recursive: true });
  while (!(await exists(folder))) {
    const lock = await acquireLock(`${folder}.lock`);
    if (!lock.held) {
      await sleep(200); // another process is downloading them
      continue;
    }
    try {
      if (!(await exists(folder))) await fetchLibraries(folder);
    } finally {
      await lock.release();
    }
  }
  return { java, folder };
}

/** Kafka 4 needs Java 17 on the broker's side (its upgrade notes). */
async function findJava(): Promise<string> {
  const home = process.env.JAVA_HOME;
  const java = home ? path.join(home, 'bin', 'java') : 'java';
  const { stderr } = await run(java, ['-version']).catch((cause) => {
    throw new Error(`no Java ("${java} -version" failed)`, { cause });
  });
  const major = Number(/version "(\d+)/.exec(stderr)?.[1]);
  if (!(major >= 17)) throw new Error(`Java 17 or later is needed, "${java}" is ${major}`);
  return java;
}

async function fetchLibraries(folder: string): Promise<void> {
  await run('mvn', ['-version']).catch((cause) => {
    throw new Error('no Maven ("mvn -version" failed)', { cause });
  });
  const draft = `${folder}.${randomUUID()}`;
  await mkdir(draft);
  try {
    await writeFile(path.join(draft, 'pom.xml'), POM);
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${draft}`];
    await run('mvn', ['--batch-mode', '--quiet', '--file', path.join(draft, 'pom.xml'), ...goal], {
      maxBuffer: 16 * 1024 * 1024,
    }).catch((cause) => {
      const reason =
        String(cause.stdout)
          .split('\n')
          .find((line) => line.startsWith('[ERROR]')) ?? cause.message;
      throw new Error(`Maven could not fetch Kafka: ${reason}`, { cause });
    });
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
