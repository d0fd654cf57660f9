import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Broker } from './kafka-broker.ts';
import { startJavaBroker } from './kafka-java.ts';
import { kafkaLibraries } from './kafka-libraries.ts';

const run = promisify(execFile);

/** A broker that takes TLS connections with SCRAM logins only, and grants what ACLs allow. */
export interface SecureBroker extends Broker {
  /** PEM file of the authority that signed the broker's certificate. */
  readonly authorityFile: string;
  /** Passwords by user name. `admin` may do everything, the others nothing until an ACL allows it. */
  readonly passwords: ReadonlyMap<string, string>;
}

/**
 * Starts such a broker on this machine's Java, as {@link startJavaBroker} does, with these users.
 *
 * @throws Error without Java 17 or Maven
 */
export async function startSecureBroker(users: readonly string[]): Promise<SecureBroker> {
  const libraries = await kafkaLibraries();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-kafka-tls-'));
  const passwords = new Map(['admin', ...users].map((user) => [user, randomBytes(16).toString('hex')]));
  const password = passwords.get('admin') as string;
  const certificate = await createCertificate(path.join(path.dirname(libraries.java), 'keytool'), folder);
  const broker = await startJavaBroker(
    libraries,
    {},
    {
      settings: (ports) => settingsOf(ports, password, certificate),
      formatArguments: [...passwords].flatMap(([name, secret]) => [
        '--add-scram',
        `SCRAM-SHA-512=[name=${name},password=${secret}]`,
      ]),
      client: {
        ssl: { ca: [await readFile(certificate.authorityFile, 'utf8')] },
        sasl: { mechanism: 'scram-sha-512', username: 'admin', password },
      },
    },
  );
  const remove = async () => {
    await broker.remove();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...broker, remove, authorityFile: certificate.authorityFile, passwords };
}

interface Certificate {
  readonly keyStore: string;
  readonly password: string;
  readonly authorityFile: string;
}

/** Creates a self-signed certificate of the loopback address with Java's keytool. */
async function createCertificate(keytool: string, folder: string): Promise<Certificate> {
  const [keyStore, authorityFile] = [path.join(folder, 'broker.p12'), path.join(folder, 'authority.pem')];
  const password = randomBytes(16).toString('hex');
  const store = ['-keystore', keyStore, '-storetype', 'PKCS12', '-storepass', password, '-alias', 'broker'];
  const subject = ['-dname', 'CN=localhost', '-ext', 'san=ip:127.0.0.1,dns:localhost', '-validity', '2'];
  await run(keytool, ['-genkeypair', '-keyalg', 'EC', '-groupname', 'secp256r1', ...subject, ...store]);
  const { stdout } = await run(keytool, ['-exportcert', '-rfc', ...store]);
  await writeFile(authorityFile, stdout);
  return { keyStore, password, authorityFile };
}

/** Returns the settings that replace those of a broker without security. The controller listens on the loopback address only. */
function settingsOf(
  ports: { broker: number; controller: number },
  adminPassword: string,
  { keyStore, password, authorityFile }: Certificate,
) {
  const login = `org.apache.kafka.common.security.scram.ScramLoginModule required username="admin" password="${adminPassword}";`;
  return {
    listeners: `SASL_SSL://127.0.0.1:${ports.broker},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': `SASL_SSL://127.0.0.1:${ports.broker}`,
    'listener.security.protocol.map': 'SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'SASL_SSL',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'sasl.mechanism.inter.broker.protocol': 'SCRAM-SHA-512',
    'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config': login,
    'ssl.keystore.type': 'PKCS12',
    'ssl.keystore.location': keyStore,
    'ssl.keystore.password': password,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': authorityFile,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    // The broker itself is ANONYMOUS at the controller; the other listener requires a login.
    'super.users': 'User:admin;User:ANONYMOUS',
  };
}
