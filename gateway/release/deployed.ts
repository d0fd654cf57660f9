import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Supergraph } from '@apollo/federation-internals';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import {
  type DefinitionNode,
  type DirectiveDefinitionNode,
  type DocumentNode,
  isTypeDefinitionNode,
  Kind,
  parse,
  print,
  visit,
} from 'graphql';
import { type Document, parseDocument } from 'yaml';
import { z } from 'zod';
import { readSupergraphConfig } from '../composition/supergraph-config.ts';
import { servedSupergraph } from './served-supergraph.ts';

/** Files of a folder of deployed schemas, and keys of the ConfigMap. */
export const SUPERGRAPH_FILE = 'supergraph.graphql';
export const CONFIG_FILE = 'supergraph.yaml';
export const schemaFile = (subgraph: string) => `${subgraph}.graphql`;

/** The deployed schemas. */
export interface Deployed {
  readonly supergraph: string;
  readonly subgraphs: readonly { readonly name: string; readonly url: string; readonly sdl: string }[];
  /** True when the schemas were extracted from the supergraph, which keeps no descriptions. */
  readonly extracted: boolean;
}

const configMap = z.object({ kind: z.literal('ConfigMap'), data: z.record(z.string(), z.string()) });

/**
 * Reads the deployed schemas from a folder that `release` wrote, the output of `kubectl get configmap supergraph --output json`, a
 * supergraph alone, or the address of a running gateway. `-` is standard input.
 *
 * @param token for the gateway
 * @throws MarqueeError `DEPLOYED_UNREADABLE` (exit code 2), and as `servedSupergraph` does
 */
export async function readDeployed(path: string, token: string | undefined): Promise<Deployed> {
  if (/^https?:\/\//.test(path)) return fromSupergraph(await servedSupergraph(path, token));
  try {
    if (path !== '-' && statSync(path).isDirectory()) return fromFolder(path);
    const text = readFileSync(path === '-' ? 0 : path, 'utf8');
    return text.trimStart().startsWith('{') ? fromConfigMap(JSON.parse(text)) : fromSupergraph(text);
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new MarqueeError('DEPLOYED_UNREADABLE', `The deployed schemas cannot be read from ${path}: ${reason}`, {
      cause: error,
      exitCode: EXIT.usage,
    });
  }
}

function fromFolder(folder: string): Deployed {
  const { subgraphs } = readSupergraphConfig(join(folder, CONFIG_FILE));
  return { supergraph: readFileSync(join(folder, SUPERGRAPH_FILE), 'utf8'), subgraphs, extracted: false };
}

/** Adds a new subgraph to a folder of deployed schemas, for composition and for the ConfigMap. */
export function addToFolder(folder: string, name: string, url: string): void {
  edit(join(folder, CONFIG_FILE), (config) =>
    config.setIn(['subgraphs', name], { routing_url: url, schema: { file: `./${schemaFile(name)}` } }),
  );
  const kustomization = join(folder, 'kustomization.yaml');
  if (existsSync(kustomization)) {
    edit(kustomization, (resource) => resource.addIn(['configMapGenerator', 0, 'files'], schemaFile(name)));
  }
}

function edit(file: string, change: (document: Document) => void): void {
  const document = parseDocument(readFileSync(file, 'utf8'));
  change(document);
  writeFileSync(file, document.toString({ lineWidth: 0 }));
}

function fromConfigMap(object: unknown): Deployed {
  const { data } = configMap.parse(object);
  const supergraph = data[SUPERGRAPH_FILE];
  if (supergraph === undefined) throw new Error(`the ConfigMap has no ${SUPERGRAPH_FILE}`);
  const { subgraphs, extracted } = fromSupergraph(supergraph);
  const schemas = subgraphs.map(({ name, url }) => ({ name, url, sdl: data[schemaFile(name)] }));
  const whole = schemas.every((each): each is typeof each & { sdl: string } => each.sdl !== undefined);
  return whole ? { supergraph, subgraphs: schemas, extracted: false } : { supergraph, subgraphs, extracted };
}

function fromSupergraph(supergraph: string): Deployed {
  const subgraphs = [...Supergraph.build(supergraph).subgraphs()];
  return {
    supergraph,
    subgraphs: subgraphs.map((subgraph) => ({
      name: subgraph.name,
      url: subgraph.url,
      sdl: print(withImportedNames(withoutMissingRoots(parse(subgraph.toString())))),
    })),
    extracted: true,
  };
}

/** Corrects an extracted schema, which names root types that the subgraph lacks. */
function withoutMissingRoots(document: DocumentNode): DocumentNode {
  const defined = new Set(document.definitions.filter(isTypeDefinitionNode).map(({ name }) => name.value));
  return visit(document, {
    [Kind.OPERATION_TYPE_DEFINITION]: (node) => (defined.has(node.type.name.value) ? undefined : null),
    [Kind.SCHEMA_DEFINITION]: {
      // Without root types it must be an extension.
      leave: (node) => (node.operationTypes.length === 0 ? { ...node, kind: Kind.SCHEMA_EXTENSION } : undefined),
    },
  });
}

const PREFIX = 'federation__';

/**
 * Imports directives that an extracted schema names with a prefix (`@federation__cost`): subgraphs' own schemas import them, and
 * composition rejects a mix of both names.
 */
function withImportedNames(document: DocumentNode): DocumentNode {
  const defined = new Set(document.definitions.filter(isDirectiveDefinition).map(({ name }) => name.value));
  const imported = new Set<string>();
  const renamed = visit(document, {
    [Kind.DIRECTIVE]: (node) => {
      const name = node.name.value.startsWith(PREFIX) ? node.name.value.slice(PREFIX.length) : undefined;
      if (name === undefined || defined.has(name)) return undefined;
      imported.add(name);
      return { ...node, name: { ...node.name, value: name } };
    },
  });
  return visit(renamed, {
    [Kind.DIRECTIVE]: (node) => {
      if (node.name.value !== 'link' || !print(node).includes('/federation/v2')) return undefined;
      const values = [...imported].map((name) => ({ kind: Kind.STRING, value: `@${name}` }) as const);
      return visit(node, { [Kind.LIST]: (list) => ({ ...list, values: [...list.values, ...values] }) });
    },
  });
}

function isDirectiveDefinition(node: DefinitionNode): node is DirectiveDefinitionNode {
  return node.kind === Kind.DIRECTIVE_DEFINITION;
}
