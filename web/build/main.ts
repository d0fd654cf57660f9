import path from 'node:path';
import { buildSite } from './site-build.ts';

const begun = performance.now();
const { folder, isNew } = await buildSite(path.resolve(import.meta.dirname, '..'));
const state = isNew ? `built in ${((performance.now() - begun) / 1_000).toFixed(1)} s` : 'up to date';
process.stdout.write(`${path.relative(process.cwd(), folder)}: ${state}\n`);
