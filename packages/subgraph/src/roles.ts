import { serviceFields } from '@marquee/runtime/config';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { type ProcessContext, runProcess } from '@marquee/runtime/process';
import { Argument, Command, CommanderError } from 'commander';

/** Roles of a subgraph's process. */
export interface Roles {
  /** Serves GraphQL. */
  readonly serve: boolean;
  /** Applies events of the event log. */
  readonly consume: boolean;
  /** Migrates the database's schema, before the other roles start. */
  readonly migrate: boolean;
}

const ROLES = ['serve', 'consume', 'migrate'] as const;

/**
 * Runs a subgraph's process in the roles of the command line (`main.ts serve consume`). `--help` exits with 0; an unknown or missing
 * role or an unknown option is one message on stderr and exit code 2.
 */
export async function runInRoles(
  name: string,
  run: (ctx: ProcessContext, roles: Roles) => Promise<void>,
  argv: readonly string[] = process.argv.slice(2),
): Promise<void> {
  const roles = parseRoles(name, argv);
  if (roles === 'help') return;
  // A level that does not exist is reported with the rest of the configuration.
  const logLevel = serviceFields.LOG_LEVEL.safeParse(process.env.LOG_LEVEL || undefined).data;
  await runProcess(
    name,
    async (ctx) => {
      if (roles instanceof MarqueeError) throw roles;
      await run(ctx, roles);
    },
    logLevel ?? 'info',
  );
}

function parseRoles(name: string, argv: readonly string[]): Roles | MarqueeError | 'help' {
  const command = new Command(name)
    .description(`The ${name} subgraph of Marquee. Its configuration is read from the environment.`)
    .addArgument(
      new Argument('<roles...>', 'serve answers GraphQL, consume applies events, migrate updates the schema').choices(
        ROLES,
      ),
    )
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  try {
    command.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 'help';
    const reason = error.message.replace(/^error: /, '').replace(/\.?$/, '.');
    return new MarqueeError('USAGE', `${reason} Name at least one role: ${ROLES.join(', ')}; see --help.`, {
      exitCode: EXIT.usage,
    });
  }
  const given = new Set(command.args);
  return { serve: given.has('serve'), consume: given.has('consume'), migrate: given.has('migrate') };
}
