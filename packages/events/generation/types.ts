import { fileURLToPath } from 'node:url';
import { compile } from 'json-schema-to-typescript';
import { eventSchemaFiles, partOf, readSchema, schemasFolder } from './schemas.ts';

const banner = (file: string) => `/* Generated from schemas/${file} by \`npm run generate\`; do not edit. */`;

/** Returns the TypeScript types of every event: path below `src/generated` -> text. */
export async function generateTypes(): Promise<Map<string, string>> {
  const generated = new Map<string, string>();
  for (const file of eventSchemaFiles()) {
    const schema = readSchema(file);
    const text = await compile(schema as Parameters<typeof compile>[0], schema.title, {
      cwd: fileURLToPath(schemasFolder),
      bannerComment: banner(file),
      additionalProperties: false,
      unknownAny: true,
      ignoreMinAndMaxItems: true,
      style: { singleQuote: true, printWidth: 120 },
    });
    generated.set(`${partOf(file)}.ts`, text);
  }
  return generated;
}
