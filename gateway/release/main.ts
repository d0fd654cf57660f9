import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { runCommand } from '@marquee/runtime/run-command';
import { readRegistry, SUBGRAPH_NAME } from '@marquee/supergraph-registry/registry';
import { addToFolder, CONFIG_FILE, type Deployed, readDeployed, SUPERGRAPH_FILE, schemaFile } from './deployed.ts';
import { readOperations } from './operations.ts';
import { checkRelease, type ReleaseCheck } from './release-check.ts';
import { metricsOf, sha256sIn } from './served-supergraph.ts';
import { waitUntilServed } from './serving-gateways.ts';

const FOLDER = 'k8s/base/supergraph';
const OPERATIONS = 'tests/end-to-end/operations.graphql';

const USAGE = `npm run release:check -- SUBGRAPH… [options]
npm run release -- SUBGRAPH… [options]
npm run release:wait -- [--gateway URL…] [--timeout SECONDS]

check composes the schemas of these subgraphs in the working tree with the deployed schemas of the others. It rejects schemas that do not
compose or that break a valid operation of clients, and prints the changes and the order in which to apply them.
release checks, and writes the schemas to deploy to ${FOLDER}, for kubectl to apply.
wait ends when every gateway serves the supergraph of ${FOLDER}: those at the given addresses, or all
pods of the gateway in the namespace marquee.

  --deployed PATH    the deployed schemas: a folder that release wrote (${FOLDER}),
                     the output of kubectl get configmap supergraph --output json, or a supergraph; - is standard input.
                     or the http(s) address of a running gateway, with a token that has the scope supergraph:read in
                     GATEWAY_TOKEN
  --gateway URL      a running gateway, which must serve the deployed supergraph; may be repeated
  --timeout SECONDS  longest time to wait (300)
  --operations PATH  documents, or a manifest of persisted documents, or a folder of them; may be repeated
                     (${OPERATIONS})
  --schema FILE      the schema, where one subgraph is named (subgraphs/SUBGRAPH/schema.graphql)
  --url URL          the address of one subgraph that is not deployed yet (http://SUBGRAPH:PORT/graphql, with the port
                     that supergraph.yaml has for it)
  --json             print one JSON object

Exit codes: 0 may be released, or every gateway serves it; 1 rejected, or not every gateway serves it; 2 invalid arguments or files;
3 the gateway does not respond.
`;

await runCommand(run);

async function run(): Promise<number> {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  if (options.command === 'wait') return wait(options);
  const deployed = await readDeployed(options.deployed, process.env.GATEWAY_TOKEN || undefined);
  for (const gateway of options.gateway) await requireServed(gateway, deployed);
  const released = new Map(options.subgraphs.map((name) => [name, readSchema(name, deployed, options.schema)]));
  const added = addedSubgraphs(released, deployed, options.url);
  const whole = { ...deployed, subgraphs: [...deployed.subgraphs, ...added] };
  const check = await checkRelease(released, whole, options.operations.flatMap(readOperations));
  if (check.ok && options.command === 'release') {
    write(released, check.supergraph as string);
    for (const { name, url } of added) addToFolder(FOLDER, name, url);
  }
  const { supergraph: _, ...report } = check;
  const notes = added.map(({ name, url }) => `note: ${name} is not deployed yet; its address is to be ${url}`);
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : describe(check, options, notes));
  return check.ok ? EXIT.ok : EXIT.failed;
}

async function wait({ gateway, timeout }: Options): Promise<number> {
  const supergraph = readDeployedSupergraph();
  const gateways = await waitUntilServed(supergraph, gateway, Number(timeout) * 1_000);
  process.stdout.write(`${gateways.map((name) => `${name} serves the supergraph`).join('\n')}\n`);
  return EXIT.ok;
}

function readDeployedSupergraph(): string {
  try {
    return readFileSync(join(FOLDER, SUPERGRAPH_FILE), 'utf8');
  } catch (error) {
    throw usage(
      `The supergraph of ${FOLDER} cannot be read: ${messageOf(error)}; run this from the root of the repository`,
    );
  }
}

async function requireServed(gateway: string, deployed: Deployed): Promise<void> {
  const sha256 = createHash('sha256').update(deployed.supergraph).digest('hex');
  if (sha256sIn(await metricsOf(gateway)).every((served) => served === sha256)) return;
  throw new MarqueeError('GATEWAY_DIFFERS', `The gateway at ${gateway} serves another supergraph than --deployed.`);
}

function readSchema(name: string, { subgraphs }: Deployed, file = `subgraphs/${name}/schema.graphql`): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const known = subgraphs.map((subgraph) => subgraph.name);
    const hint = known.includes(name) ? '' : `; deployed are ${known.join(', ')}`;
    throw usage(`The schema of ${name} cannot be read: ${messageOf(error)}${hint}`);
  }
}

/** Returns the released subgraphs that are not deployed yet. */
function addedSubgraphs(
  released: ReadonlyMap<string, string>,
  { subgraphs }: Deployed,
  url: string | undefined,
): Deployed['subgraphs'] {
  const added = [...released].filter(([name]) => !subgraphs.some((subgraph) => subgraph.name === name));
  const [unnameable] = added.filter(([name]) => !SUBGRAPH_NAME.test(name));
  if (unnameable !== undefined)
    throw usage(
      `${unnameable[0]} cannot be the name of a subgraph: use lower-case letters, digits, - and _, beginning with a letter.`,
    );
  if (url !== undefined && added.length !== 1)
    throw usage('--url needs exactly one subgraph that is not deployed yet: check each new subgraph by itself.');
  return added.map(([name, sdl]) => ({ name, sdl, url: url ?? serviceUrl(name) }));
}

/** Returns the address of a subgraph's Service in the cluster, with the port of the registry. */
function serviceUrl(name: string): string {
  const listed = existsSync(CONFIG_FILE)
    ? readRegistry(CONFIG_FILE).subgraphs.find((subgraph) => subgraph.name === name)
    : undefined;
  return `http://${name}${listed ? `:${listed.port}` : ''}/graphql`;
}

function write(released: ReadonlyMap<string, string>, supergraph: string): void {
  for (const [name, sdl] of released) writeFileSync(join(FOLDER, schemaFile(name)), sdl);
  writeFileSync(join(FOLDER, SUPERGRAPH_FILE), supergraph);
}

type Options = ReturnType<typeof readOptions>;

function describe(check: ReleaseCheck, { command, subgraphs }: Options, notes: readonly string[]): string {
  const lines = [
    ...notes,
    ...check.composition.map((error) => `does not compose: ${error}`),
    ...check.broken.flatMap(({ operation, reasons }) => reasons.map((reason) => `breaks ${operation}: ${reason}`)),
    ...check.waiting.map((operation) => `note: ${operation} works neither before nor after`),
    ...check.changes.map(({ criticality, message }) => `${criticality.toLowerCase().replace('_', '-')}: ${message}`),
  ];
  if (!check.ok) return [...lines, 'refused', ''].join('\n');
  if (lines.length === 0) lines.push('nothing that clients see changes');
  return [...lines, ...(command === 'release' ? commands(check, subgraphs) : ['may be released']), ''].join('\n');
}

/** Returns the commands of a release, in the order in which to run them. */
function commands({ order }: ReleaseCheck, subgraphs: readonly string[]): string[] {
  const roll = subgraphs.flatMap((name) => [
    `kubectl apply -k k8s/base/${name}`,
    `kubectl --namespace marquee rollout status deployment --selector app.kubernetes.io/name=${name}`,
  ]);
  const update = [`kubectl apply -k ${FOLDER}`];
  // A gateway requests removed fields until it has loaded the supergraph.
  return ['', ...(order === 'supergraph-first' ? [...update, 'npm run release:wait', ...roll] : [...roll, ...update])];
}

function usage(message: string): MarqueeError {
  return new MarqueeError('USAGE', message, { exitCode: EXIT.usage });
}

function readOptions() {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: {
        deployed: { type: 'string', default: FOLDER },
        gateway: { type: 'string', multiple: true, default: [] },
        timeout: { type: 'string', default: '300' },
        operations: { type: 'string', multiple: true, default: [OPERATIONS] },
        schema: { type: 'string' },
        url: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const [command = '', ...subgraphs] = positionals;
    if (!/^\d{1,5}$/.test(values.timeout))
      throw new Error('--timeout must be a whole number of seconds with at most 5 digits, such as 300.');
    if (command === 'wait' && subgraphs.length === 0) return { ...values, command, subgraphs };
    const known = command === 'check' || command === 'release';
    if (!values.help && (!known || subgraphs.length === 0)) throw new Error('Name at least one subgraph.');
    if (values.schema !== undefined && subgraphs.length !== 1)
      throw new Error('--schema is the schema of one subgraph: name one.');
    if (values.url !== undefined && !/^https?:$/.test(URL.parse(values.url)?.protocol ?? '')) {
      throw new Error('--url must be an http(s) address, such as http://people:4002/graphql.');
    }
    if (command === 'release' && values.deployed !== FOLDER)
      throw new Error(`release writes ${FOLDER} only: leave --deployed out.`);
    return { ...values, command, subgraphs };
  } catch (error) {
    throw usage(`${messageOf(error)}\n\n${USAGE}`);
  }
}
