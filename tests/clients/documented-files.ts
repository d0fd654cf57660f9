import { readFile } from 'node:fs/promises';
import path from 'node:path';

const PAGE = path.resolve(import.meta.dirname, '../../docs/clients.md');
const ADDRESS = '//localhost:4000/graphql';

/** Returns a text with the address of a running gateway. */
const at = (text: string, url: string): string => text.replaceAll(ADDRESS, url.replace(/^\w+:/, ''));

/** Returns the files of docs/clients.md by name, with the address of a running gateway. */
export async function documentedFiles(url: string): Promise<Readonly<Record<string, string>>> {
  const page = await readFile(PAGE, 'utf8');
  const files = [...page.matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms)];
  return Object.fromEntries(files.map(([, name, text = '']) => [name, at(text, url)]));
}

/** Returns the commands of docs/clients.md, with the address of a running gateway. */
export async function documentedCommands(url: string): Promise<readonly string[]> {
  const page = await readFile(PAGE, 'utf8');
  return [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => at(text, url));
}
