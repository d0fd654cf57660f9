import assert from 'node:assert/strict';
import { eventually } from '@marquee/testing/eventually';
import { attempt, run } from './command.ts';
import type { DocumentedCommands } from './documented-commands.ts';
import type { Installation } from './installation.ts';
import { completeMovie, createMovie, requireMovie, type WrittenMovie, writeMovie } from './written-movie.ts';

/** Required effects of a block of commands, besides success. */
interface Proof {
  readonly heading: string;
  /** A part of the block that distinguishes it from others under its heading. */
  readonly part: string;
  before?(installation: Installation): Promise<void>;
  after?(installation: Installation, output: string): Promise<void>;
}

const secretOf = async (installation: Installation, service: string, name: string) =>
  run('docker', ['exec', await installation.container(service), 'cat', `/run/secrets/marquee/${name}`]);

async function statusWith({ url }: Installation, token: string): Promise<number> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return (await fetch(url, { method: 'POST', headers, body: '{"query":"{ __typename }"}' })).status;
}

/** Proves that a secret file has changed, and that the services that read it have restarted and respond. */
function replaces(heading: string, part: string, service: string, name: string): Proof {
  let known: string;
  return {
    heading,
    part,
    before: async (installation) => {
      known = await secretOf(installation, service, name);
    },
    after: async (installation) => assert.notEqual(await secretOf(installation, service, name), known),
  };
}

/** Proves that a backup restores exactly the data of its time. */
function restores(name: string, copy: string, restore: string): readonly Proof[] {
  const heading = 'Back up and restore';
  let kept: WrittenMovie;
  let later: WrittenMovie;
  return [
    {
      heading,
      part: copy,
      before: async ({ stack }) => {
        kept = await writeMovie(stack, `Kept by ${name}`);
      },
      after: async ({ stack }) => {
        later = await eventually(() => writeMovie(stack, `Later than ${name}`));
      },
    },
    {
      heading,
      part: restore,
      after: async ({ stack }) => {
        await eventually(() => requireMovie(stack, kept));
        assert.deepEqual(await stack.graphql('query ($id: ID!) { movie(id: $id) { id } }', { id: later.movie.id }), {
          movie: null,
        });
        // Clients can write, and other subgraphs get the changes.
        const movie = await createMovie(stack, `After ${name}`);
        await requireMovie(stack, await completeMovie(stack, `After ${name}`, movie));
      },
    },
  ];
}

/** Proves that services run images of a version. */
function runs(part: string, version: string): Proof {
  return {
    heading: 'Upgrade and roll back',
    part,
    after: async (installation) => {
      for (const service of ['movies', 'people-consumer', 'gateway'])
        assert.match(await installation.inspect(service, '{{.Config.Image}}'), new RegExp(`:${version}$`));
    },
  };
}

/** Publishes an invalid record to the topic of movies. */
async function publishNonsense(installation: Installation): Promise<void> {
  const script = `
    const { createKafkaEventLog } = await import('/app/packages/event-log/src/kafka.ts');
    const { createLogger } = await import('/app/packages/runtime/src/logger.ts');
    const logger = createLogger('test', 'silent');
    const log = createKafkaEventLog({ brokers: [process.env.KAFKA_BROKERS], clientId: 'test', replication: 1, logger });
    await log.publish('marquee.movie-details.v1', [{ key: Buffer.from('1'), value: Buffer.from('{ no JSON'), headers: {} }]);
    await log.close();`;
  const id = await installation.container('movies-consumer');
  await run('docker', ['exec', id, 'node', '--input-type=module', '-e', script]);
}

let tokenBefore: string;

/** @param versions of the images that the page's commands name */
export const proofs = (versions: { readonly current: string; readonly next: string }): readonly Proof[] => [
  runs('npm run images', versions.next),
  runs('docker compose up -d --no-build --no-deps', versions.current),
  ...restores('the copy', 'docker compose stop postgres', 'rm -rf'),
  ...restores('the dump', 'pg_dump', 'pg_restore'),
  replaces('Rotate secrets', 'signing-keys-add', 'movies', 'signing-keys'),
  replaces('Rotate secrets', 'database-passwords', 'people', 'database-url'),
  {
    ...replaces('Rotate secrets', 'admin-password', 'postgres', 'password'),
    // Its login is what migrations begin with.
    after: async (installation) => void (await installation.compose('run', '--rm', '-T', 'movies-migrate')),
  },
  {
    heading: 'Rotate secrets',
    part: 'token-key',
    before: async (installation) => {
      tokenBefore = await installation.signIn();
      assert.equal(await statusWith(installation, tokenBefore), 200);
    },
    after: async (installation) => {
      await eventually(async () => assert.equal(await statusWith(installation, tokenBefore), 401));
      assert.equal(await statusWith(installation, await installation.signIn()), 200);
    },
  },
  {
    heading: 'Dead letters',
    part: 'dead-letters',
    before: async (installation) => {
      await publishNonsense(installation);
      const list = ['packages/inbox-outbox/src/main.ts', 'dead-letters', 'list', '--subgraph', 'movies'];
      const id = await installation.container('movies-consumer');
      await eventually(async () => assert.match(await run('docker', ['exec', id, 'node', ...list]), /BAD_ENVELOPE/));
    },
    after: async (_, output) => assert.match(output, /BAD_ENVELOPE/),
  },
  {
    heading: 'Stop',
    part: 'docker compose down',
    after: async ({ env }) => {
      const label = `label=com.docker.compose.project=${env.COMPOSE_PROJECT_NAME}`;
      for (const kind of [
        ['ps', '-a'],
        ['volume', 'ls'],
        ['network', 'ls'],
      ])
        assert.equal(await run('docker', [...kind, '-q', '-f', label]), '', kind.join(' '));
    },
  },
];

/** Returns the proof of a block. */
export function proofOf(all: readonly Proof[], { heading, script }: DocumentedCommands): Proof | undefined {
  return all.find((proof) => proof.heading === heading && script.includes(proof.part));
}

/** Returns true when the command that a block requires succeeds. */
export async function isPossible(shell: string, needs: string | undefined, env: Installation['env']): Promise<boolean> {
  return needs === undefined || (await attempt('bash', ['-c', `${shell}\n${needs}`], env)).code === 0;
}
