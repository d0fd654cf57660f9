import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { type CommandOutput, jsonLines, positive } from '../command-line.ts';
import { benchSubscriptions, SERVERS, SETTINGS } from './subscriptions-bench.ts';
import { subscriptionFiguresOf, subscriptionsHeader, subscriptionsLine } from './subscriptions-figures.ts';

interface CommandOptions {
  readonly subscribers: number;
  readonly rate: number;
  readonly seconds: number;
  readonly json?: true;
}

/** Adds `subscriptions`, which compares the gateway with graphql-sse and graphql-ws over the same events. */
export function addSubscriptionsCommand(program: Command, { print, progress }: CommandOutput): void {
  program
    .command('subscriptions')
    .description(
      'Subscribers by SSE and WebSocket on the gateway, compared with graphql-sse and graphql-ws over one schema.',
    )
    .option('--subscribers <number>', 'subscribers of each kind', positive, 1_000)
    .option('--rate <number>', 'events a second', positive, 50)
    .option('--seconds <number>', 'seconds of events on each server', positive, 10)
    .option('--json', 'one figure a line, as JSON: name, value, unit, reference, ratio')
    .action(async ({ json, ...options }: CommandOptions) => {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-bench-'));
      try {
        if (!json) print(subscriptionsHeader());
        const runs = await benchSubscriptions({ ...options, folder, onProgress: progress }, (run) => {
          progress('');
          if (!json) print(subscriptionsLine(run));
        });
        progress('');
        if (!json) return;
        for (const { name } of SETTINGS) {
          const [gateway, other] = SERVERS.map((server) =>
            runs.find((run) => run.server === server && run.setting === name),
          );
          if (gateway !== undefined && other !== undefined) print(jsonLines(subscriptionFiguresOf(gateway, other)));
        }
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
}
