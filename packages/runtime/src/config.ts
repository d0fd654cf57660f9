import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { EXIT, MarqueeError, messageOf } from './errors.ts';
import { tracingFields } from './tracing-config.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a process's configuration from its environment. An empty value counts as unset, as it does in a shell. Every variable of an
 * object's schema may instead be a file, for secrets that are mounted: `DATABASE_URL_FILE` names a file that holds `DATABASE_URL`.
 *
 * @param further mistakes that were found elsewhere, listed with those of the environment
 * @throws MarqueeError `INVALID_CONFIG` (exit code 2) that lists every mistake, a line each, by variable name.
 */
export function loadConfig<Schema extends z.ZodType>(
  schema: Schema,
  env: Environment = process.env,
  further: readonly string[] = [],
): z.output<Schema> {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const { values, mistakes } = filesOf(schema instanceof z.ZodObject ? Object.keys(schema.shape) : [], set);
  const result = schema.safeParse({ ...set, ...values }, { error: missingOr });
  if (result.success && mistakes.length === 0 && further.length === 0) return result.data;
  const issues = result.error?.issues ?? [];
  throw invalidConfig([
    ...mistakes,
    ...issues
      .filter(({ path }) => !mistakes.some((mistake) => mistake.startsWith(`${String(path[0])}_FILE:`)))
      .map((issue) => `${issue.path.join('.') || 'environment'}: ${issue.message}`),
    ...further,
  ]);
}

/** Reads the files that `VARIABLE_FILE` names, for variables that the environment does not set. Drops line breaks at the end. */
function filesOf(names: readonly string[], env: Environment) {
  const values: Record<string, string> = {};
  const mistakes: string[] = [];
  for (const name of names) {
    const file = env[`${name}_FILE`];
    if (file === undefined || names.includes(`${name}_FILE`)) continue;
    if (env[name] !== undefined) {
      mistakes.push(`${name}_FILE: is set, and so is ${name}: unset one of them`);
      continue;
    }
    try {
      const text = readFileSync(file, 'utf8').replace(/[\r\n]+$/, '');
      if (text === '') mistakes.push(`${name}_FILE: ${file} is empty`);
      else values[name] = text;
    } catch (error) {
      mistakes.push(`${name}_FILE: cannot be read (${messageOf(error)})`);
    }
  }
  return { values, mistakes };
}

/** Returns the `INVALID_CONFIG` error (exit code 2) of mistakes, each written as `VARIABLE: what is wrong`. */
export function invalidConfig(mistakes: readonly string[]): MarqueeError {
  const lines = ['The configuration has mistakes:', ...mistakes.map((mistake) => `  ${mistake}`)];
  return new MarqueeError('INVALID_CONFIG', lines.join('\n'), { exitCode: EXIT.usage });
}

const missingOr: z.core.$ZodErrorMap = (issue) => (issue.input === undefined ? 'is not set' : undefined);

/** A TCP port; 0 lets the system choose one. */
export function port(defaultValue: number) {
  return integer({ min: 0, max: 65_535, default: defaultValue });
}

/** A whole number within bounds. */
export function integer(bounds: { min: number; max: number; default: number }) {
  return wholeNumber(bounds).prefault(String(bounds.default));
}

/** A whole number within bounds, or nothing. */
export function optionalInteger(bounds: { min: number; max: number }) {
  return wholeNumber(bounds).optional();
}

function wholeNumber(bounds: { min: number; max: number }) {
  const message = `must be a whole number from ${bounds.min} to ${bounds.max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .pipe(z.number().min(bounds.min, message).max(bounds.max, message));
}

/** `true`, `1`, `yes` or `on`, and their opposites. */
export function flag(defaultValue: boolean) {
  return z.stringbool({ error: 'must be true or false' }).prefault(String(defaultValue));
}

/** A comma-separated list of at least one value. Spaces around values are dropped. */
export function commaList() {
  return z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(z.string()).min(1, 'must name at least one value'));
}

/** An absolute URL with one of the given protocols (`postgres`, `http` …, without colon), kept as its text. */
export function url(...protocols: readonly string[]) {
  const message = `must be a URL that starts with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`;
  return z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol.slice(0, -1)), {
    error: message,
  });
}

/** A connection string of Postgres. */
export function postgresUrl() {
  return url('postgres', 'postgresql');
}

/** Settings of every long-running process; spread them into its schema. */
export const serviceFields = {
  HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'must be one of fatal, error, warn, info, debug, trace, silent',
    })
    .default('info'),
  ...tracingFields,
};

/** Returns the level of the log; an invalid one is reported with the rest of the configuration. */
export function logLevelOf({ shape }: z.ZodObject<Pick<typeof serviceFields, 'LOG_LEVEL'>>): string {
  return shape.LOG_LEVEL.safeParse(process.env.LOG_LEVEL || undefined).data ?? 'info';
}
