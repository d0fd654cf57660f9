import { parseArgs } from 'node:util';
import { generateAsyncApi } from './async-api.ts';
import { staleFiles, writeFiles } from './files.ts';
import { generateTypes } from './types.ts';

const folder = new URL('../', import.meta.url);
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const files = new Map([['src/generated/asyncapi.yaml', generateAsyncApi()]]);
for (const [name, text] of await generateTypes()) files.set(`src/generated/${name}`, text);

if (values.check) {
  const stale = staleFiles(folder, files);
  for (const file of stale) {
    process.stderr.write(`packages/events/${file} is stale: run \`npm run generate -w packages/events\`\n`);
  }
  if (stale.length > 0) process.exitCode = 1;
} else {
  writeFiles(folder, files);
}
