import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { kubectl, root } from './kubectl.ts';
import { kustomizations, nameOf, render } from './manifest.ts';

const page = readFileSync(path.join(root, 'docs/deploying/kubernetes.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** Commands of the page's blocks and of its sentences. */
const commands = [
  ...[...page.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) => block.split('\n')),
  ...[...page.matchAll(/`((?:kubectl|npm) [^`]+)`/g)].map(([, command = '']) => command),
].filter((line) => /^(kubectl|npm) /.test(line));

/** Objects that the page's commands name, besides those of operators. */
const known = new Set(
  ['k8s/overlays/local', 'k8s/overlays/production'].flatMap(render).map((manifest) => nameOf(manifest).toLowerCase()),
);

describe('commands of docs/deploying/kubernetes.md', () => {
  test('are found', () => assert.ok(commands.length > 20));

  for (const command of new Set(commands)) {
    test(command, () => {
      const words = command.split(/\s+/);
      if (words[0] === 'npm') {
        const script = words[1] === 'run' ? words[2] : words[1];
        assert.ok(script && script in scripts, `there is no script ${script}`);
        return;
      }
      const folder = words[words.indexOf('-k') + 1];
      if (words.includes('-k'))
        assert.ok(folder !== undefined && kustomizations().includes(folder), `there is no ${folder}`);
      for (const word of words) {
        const object = /^(deployment|statefulset|job|service)\/[a-z-]+$/.test(word) ? word : undefined;
        assert.ok(object === undefined || known.has(object), `there is no ${object}`);
      }
      // With --help, the client checks its arguments without a cluster.
      const verbs = words
        .filter((word, index) => !word.startsWith('-') && words[index - 1] !== '--namespace')
        .slice(1, 3);
      const verb = verbs[0] === 'rollout' ? verbs : verbs.slice(0, 1);
      const help = kubectl(...verb, '--help') + kubectl('options');
      const own = command.split(' -- ')[0]?.split(/\s+/) ?? [];
      for (const flag of own.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0])) {
        assert.ok(help.includes(`${flag}=`), `kubectl ${verb.join(' ')} has no ${flag}`);
      }
    });
  }

  test('name existing files', () => {
    for (const [, file = ''] of page.matchAll(/`((?:k8s|tests|docs)\/[^`{}\s…]+\.[a-z]+)`/g))
      assert.ok(existsSync(path.join(root, file)), file);
  });
});
