import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadConfig } from '@marquee/runtime/config';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { toIdentity } from '@marquee/trust/identity';
import { Command, CommanderError } from 'commander';
import { importPKCS8 } from 'jose';
import { z } from 'zod';
import { ALGORITHM, ALL_SCOPES, DEFAULT_DAYS, DEVELOPER, inDays, signToken } from './access-token.ts';
import { statePaths } from './state.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

const MAX_DAYS = 365;

const AFTER_HELP = `
The token goes to stdout, so that a shell can take it (npm's -s leaves out its own lines):
  curl http://localhost:4000/graphql -H "authorization: Bearer $(npm run -s token -- --subject alice)" …
  npm run -s token > .marquee/token     another token for development, when that one has expired

Environment:
  MARQUEE_STATE_DIR   the folder of the stack whose gateway takes the token (.marquee)

Exit codes: 0 the token is printed; 1 the stack's key cannot be used; 2 a mistake in arguments, or there is no key yet.`;

interface Options {
  readonly subject: string;
  readonly scopes: string;
  readonly days: string;
  readonly json: boolean;
}

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(argv);
    if (options !== 'help') process.stdout.write(`${await token(options)}\n`);
    return EXIT.ok;
  } catch (error) {
    const isKnown = error instanceof MarqueeError;
    process.stderr.write(isKnown ? `${error.message} (${error.code})\n` : `${messageOf(error)}\n`);
    return isKnown ? error.exitCode : EXIT.failed;
  }
}

function parseOptions(argv: readonly string[]): Options | 'help' {
  const command = new Command('npm run token --')
    .description('Prints a token that the gateway of npm start takes, signed with the key of the stack.')
    .option('--subject <name>', 'the user whom the token is for', DEVELOPER)
    .option('--scopes <list>', 'what it permits, separated by commas or blanks; "" for nothing', ALL_SCOPES.join(' '))
    .option('--days <number>', `how long it is good, 1 to ${MAX_DAYS}`, String(DEFAULT_DAYS))
    .option('--json', 'print one JSON object: token, subject, scopes, expiresAt', false)
    .addHelpText('after', AFTER_HELP)
    .allowExcessArguments(false)
    .configureOutput({ writeErr: () => {} })
    .exitOverride();
  try {
    return command.parse(argv, { from: 'user' }).opts<Options & Record<string, unknown>>();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 'help';
    throw usage(`${error.message.replace(/^error: /, '').replaceAll('\n', ' ')}; --help lists the options.`);
  }
}

async function token({ subject, scopes, days, json }: Options): Promise<string> {
  const identity = toIdentity(
    subject,
    scopes.split(/[\s,]+/).filter((scope) => scope !== ''),
  );
  if (identity === undefined) {
    throw usage(
      'A subject has 1 to 255 characters and no control characters, a scope no quotation marks or backslashes.',
    );
  }
  if (!/^\d{1,3}$/.test(days) || Number(days) < 1 || Number(days) > MAX_DAYS) {
    throw usage(`--days must be a whole number from 1 to ${MAX_DAYS}, not ${JSON.stringify(days)}.`);
  }
  if (process.env.AUTH_ISSUER) {
    throw usage('AUTH_ISSUER is set: the gateway takes the tokens of that issuer, and none of the stack.');
  }
  const expiresAt = inDays(Number(days));
  const signed = await signToken(await readKey(), { ...identity, expiresAt });
  return json ? JSON.stringify({ token: signed, ...identity, expiresAt }) : signed;
}

async function readKey() {
  const { MARQUEE_STATE_DIR } = loadConfig(z.object({ MARQUEE_STATE_DIR: z.string().default('.marquee') }));
  const { tokenKeyFile } = statePaths(path.resolve(ROOT, MARQUEE_STATE_DIR));
  const pem = await readFile(tokenKeyFile, 'utf8').catch((cause) => {
    if (cause.code !== 'ENOENT') throw cause;
    const message = `There is no key in ${path.dirname(tokenKeyFile)}: npm start makes it. MARQUEE_STATE_DIR names another folder.`;
    throw new MarqueeError('NO_TOKEN_KEY', message, { exitCode: EXIT.usage });
  });
  try {
    return await importPKCS8(pem, ALGORITHM);
  } catch (cause) {
    const message = `${tokenKeyFile} holds no key of the stack: stop the stack, remove the file and start it again.`;
    throw new MarqueeError('INVALID_TOKEN_KEY', message, { cause });
  }
}

function usage(message: string): MarqueeError {
  return new MarqueeError('USAGE', message, { exitCode: EXIT.usage });
}
