import { execFile } from 'node:child_process';
import { cp, glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, printSchema } from 'graphql';
import type { GraphQLTaggedNode } from 'relay-runtime';
import ts from 'typescript';
import type { Stack } from '../../end-to-end/stack.ts';
import { documentedFiles } from '../documented-files.ts';

const require = createRequire(import.meta.url);
/** Path of the native compiler for this platform. */
const relayCompiler: string = require('relay-compiler');

const APP = path.join(import.meta.dirname, 'app.ts');
const COMPILE_MS = 60_000;

/** The artifacts of the compiled app. */
export interface CompiledApp extends AsyncDisposable {
  /** Tag that returns a definition's artifact, as Relay's plugin for Babel does at build time. */
  readonly graphql: (text: TemplateStringsArray) => GraphQLTaggedNode;
}

/**
 * Compiles a copy of the app by relay-compiler, with the settings of docs/clients.md and the schema of the gateway's introspection.
 *
 * @throws Error with the compiler's output when it rejects the schema or a definition
 */
export async function compileApp({ addresses, graphql }: Stack): Promise<CompiledApp> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-relay-'));
  const artifacts = path.join(folder, 'src/__generated__');
  await mkdir(artifacts, { recursive: true });
  await cp(APP, path.join(folder, 'src/app.ts'));
  const { 'relay.config.json': config = '' } = await documentedFiles(addresses.graphql);
  await writeFile(path.join(folder, 'relay.config.json'), config);
  const introspection = await graphql<IntrospectionQuery>(getIntrospectionQuery());
  await writeFile(path.join(folder, 'schema.graphql'), printSchema(buildClientSchema(introspection)));
  await promisify(execFile)(relayCompiler, { cwd: folder, timeout: COMPILE_MS });
  for await (const file of glob('*.graphql.ts', { cwd: artifacts })) {
    // Artifacts import types without `type`, so Node.js cannot strip them.
    const { outputText } = ts.transpileModule(await readFile(path.join(artifacts, file), 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2024 },
    });
    await writeFile(path.join(artifacts, file.replace(/\.ts$/, '.js')), outputText);
  }
  const load = createRequire(path.join(artifacts, 'index.js'));
  return {
    graphql([text]) {
      const name = /(?:query|fragment)\s+(\w+)/.exec(text as string)?.[1];
      return (load(`./${name}.graphql.js`) as { default: GraphQLTaggedNode }).default;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
