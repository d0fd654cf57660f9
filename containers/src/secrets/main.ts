import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { writeMounts } from './mounts.ts';
import { ROTATIONS } from './rotation.ts';
import { accessToken } from './token.ts';
import { openVault, saveVault } from './vault.ts';

/** Every scope that a subgraph or the gateway requires. */
const ALL_SCOPES = 'movies:write people:write ratings:write ratings:moderate supergraph:read';

const USAGE = `Usage: main.ts make                 makes the secrets that are not there yet, and hands them out
       main.ts rotate WHAT          replaces: ${Object.keys(ROTATIONS).join(', ')}
       main.ts token [--subject NAME] [--scopes "SCOPE …"] [--days N]
                                    prints a token for the gateway (developer, every scope, 7 days)

Environment:
  SECRETS_DIR       where they lie, a folder for each container that reads some (/secrets)
  SUBGRAPHS         names of the subgraphs, with blanks between them; the image has those of supergraph.yaml
  DATABASE_ADDRESS  host:port/database of connection strings (postgres:5432/marquee)

Exit codes: 0 done, 1 the folder cannot be read or written, 2 usage.
`;

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  subject: { type: 'string', default: 'developer' },
  scopes: { type: 'string', default: ALL_SCOPES },
  days: { type: 'string', default: '7' },
} as const satisfies ParseArgsConfig['options'];

process.exitCode = main(process.argv.slice(2));

function main(argv: readonly string[]): number {
  try {
    const { positionals, values } = parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    const [command, what, ...rest] = positionals;
    const rotation = Object.entries(ROTATIONS).find(([name]) => name === what)?.[1];
    const folder = process.env.SECRETS_DIR || '/secrets';
    const database = process.env.DATABASE_ADDRESS || 'postgres:5432/marquee';
    const subgraphs = (process.env.SUBGRAPHS ?? '').split(' ').filter((name) => name !== '');
    if (subgraphs.length === 0) return usage('SUBGRAPHS is not set: name the subgraphs, with blanks between them.');
    const installation = { subgraphs, database };
    const file = path.join(folder, 'vault', 'secrets.json');
    mkdirSync(path.dirname(file), { recursive: true });
    if (command === 'make' && what === undefined) {
      writeMounts(folder, openVault(file, subgraphs), installation);
    } else if (command === 'rotate' && rest.length === 0 && rotation) {
      const vault = rotation(openVault(file, subgraphs));
      saveVault(file, vault);
      writeMounts(folder, vault, installation);
    } else if (command === 'token' && what === undefined && /^[1-9]\d{0,3}$/.test(values.days)) {
      const { subject, scopes } = values;
      const claims = { subject, scopes, days: Number(values.days), issuedAt: new Date() };
      process.stdout.write(`${accessToken(openVault(file, subgraphs).tokenKey, claims)}\n`);
    } else {
      return usage('Name one of the commands, and its arguments as below.');
    }
    return 0;
  } catch (error) {
    const { message, code = '' } = error as NodeJS.ErrnoException;
    if (code.startsWith('ERR_PARSE_ARGS')) return usage(message);
    process.stderr.write(`${message}${code && ` (${code})`}\n`);
    return 1;
  }
}

function usage(message: string): number {
  process.stderr.write(`${message}\n\n${USAGE}`);
  return 2;
}
