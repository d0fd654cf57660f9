import { parseArgs } from 'node:util';
import { staleFiles, writeFiles } from './files.ts';
import { generateTopics } from './topics.ts';
import { generateTypes } from './types.ts';

const folder = new URL('../', import.meta.url);
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const files = new Map<string, string>();
for (const [name, text] of [...(await generateTypes()), ...generateTopics()]) files.set(`src/generated/${name}`, text);
if (!values.check) writeFiles(folder, files);
// Imports the topics that were just written.
const { generateAsyncApi } = await import('./async-api.ts');
files.set('src/generated/asyncapi.yaml', generateAsyncApi());

if (values.check) {
  const stale = staleFiles(folder, files);
  for (const file of stale) {
    process.stderr.write(`packages/events/${file} is stale: run \`npm run generate -w packages/events\`\n`);
  }
  if (stale.length > 0) process.exitCode = 1;
} else {
  writeFiles(folder, files);
}
