import path from 'node:path';
import { messageOf } from '@marquee/runtime/errors';
import ts from 'typescript';
import { type Manifest, nameOf } from './manifest.ts';
import { strimziMistakes } from './strimzi.ts';

/** npm packages with the schemas of API groups; all others are of Kubernetes itself. */
const PACKAGES: Readonly<Record<string, string>> = {
  'keda.sh': '@kubernetes-models/keda',
  'postgresql.cnpg.io': '@kubernetes-models/cloudnative-pg',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
};

const STRIMZI = 'kafka.strimzi.io';

function groupOf({ apiVersion }: Manifest): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** Returns the module with the schema of a manifest's kind. */
function moduleOf(manifest: Manifest): string {
  return `${PACKAGES[groupOf(manifest)] ?? 'kubernetes-models'}/${manifest.apiVersion}/${manifest.kind}`;
}

/** Returns violations of the manifests' schemas: unknown kinds and fields, missing fields, invalid values. */
export async function schemaMistakes(manifests: readonly Manifest[]): Promise<string[]> {
  const known: Manifest[] = [];
  const mistakes: string[] = [];
  for (const manifest of manifests) {
    if (groupOf(manifest) === STRIMZI) {
      mistakes.push(...strimziMistakes(manifest));
      continue;
    }
    try {
      const { [manifest.kind]: Model } = await import(moduleOf(manifest));
      known.push(manifest);
      new Model(manifest).validate();
    } catch (error) {
      const missing = Reflect.get(error as object, 'code') === 'ERR_MODULE_NOT_FOUND';
      mistakes.push(
        `${nameOf(manifest)}: ${missing ? `there is no ${manifest.apiVersion} ${manifest.kind}` : messageOf(error)}`,
      );
    }
  }
  return [...mistakes, ...unknownFields(known)];
}

/** Source files of the types, which do not change while this process lives. */
const parsed = new Map<string, ts.SourceFile>();

/**
 * Writes the manifests as typed literals that TypeScript checks: the validators of these packages accept unknown fields, their types do
 * not.
 */
function unknownFields(manifests: readonly Manifest[]): string[] {
  const lines = manifests.map((manifest, index) => {
    const type = `import('${moduleOf(manifest)}').I${manifest.kind}`;
    return `export const m${index}: ${type} = ${JSON.stringify(manifest)};`;
  });
  const file = path.join(import.meta.dirname, 'rendered-manifests.ts');
  const options: ts.CompilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es5.d.ts'],
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...rest) => {
    if (name === file) return ts.createSourceFile(name, lines.join('\n'), ts.ScriptTarget.ES2022);
    const known = parsed.get(name) ?? getSourceFile(name, ...rest);
    if (known) parsed.set(name, known);
    return known;
  };
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file);
  if (source === undefined) throw new Error('the manifests were not checked');
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const { line } = source.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
    const manifest = manifests[line];
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ');
    return `${manifest ? nameOf(manifest) : 'schemas'}: ${message}`;
  });
}
