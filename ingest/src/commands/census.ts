import type { Readable } from 'node:stream';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import type { BackfillOptions, CensusChoice } from '../cli/queue-commands.ts';
import { exportedAt, exportFolder, exportUrl, latestDays } from '../infrastructure/export-address.ts';
import { downloadExport, openExportFile, readIdExport } from '../infrastructure/id-export.ts';
import { type Census, takeCensus } from '../infrastructure/postgres-census.ts';
import type { WorkSession } from './work-session.ts';

/** An opened export. */
interface OpenExport {
  readonly stream: Readable;
  readonly name: string;
  readonly exportedAt: Date;
}

/** Opens the export of `--export` or `--date`, or the latest one. @throws MarqueeError `EXPORT_MISSING` (exit code 2) */
export async function openExport(
  { address }: Pick<WorkSession, 'address'>,
  exportsUrl: string | undefined,
  options: Pick<BackfillOptions, 'export' | 'date'>,
): Promise<OpenExport> {
  if (options.export !== undefined) {
    return { stream: await openExportFile(options.export), name: options.export, exportedAt: new Date() };
  }
  const folder = exportFolder(exportsUrl, address.baseUrl);
  const days = options.date ? [options.date] : latestDays(new Date());
  const opened = await openFirst(folder, days);
  if (opened) return opened;
  const missing = days.map((day) => exportUrl(folder, day)).join(', ');
  throw new MarqueeError(
    'EXPORT_MISSING',
    `There is no export at ${missing}. TMDb keeps them for 3 months; set TMDB_EXPORT_URL for another server.`,
    { exitCode: EXIT.usage },
  );
}

/** Opens the latest export that TMDb wrote after a time; undefined without one. */
export function openExportAfter(
  { address }: Pick<WorkSession, 'address'>,
  exportsUrl: string | undefined,
  time: Date | undefined,
): Promise<OpenExport | undefined> {
  const days = latestDays(new Date()).filter((day) => time === undefined || exportedAt(day) > time);
  return openFirst(exportFolder(exportsUrl, address.baseUrl), days);
}

async function openFirst(folder: string, days: readonly Date[]): Promise<OpenExport | undefined> {
  for (const day of days) {
    const name = exportUrl(folder, day);
    const stream = await downloadExport(name);
    if (stream) return { stream, name, exportedAt: exportedAt(day) };
  }
  return undefined;
}

/** Adds the wanted movies of an export to the queue. */
export function census(
  session: WorkSession,
  { stream, name, exportedAt }: OpenExport,
  choice: CensusChoice,
): Promise<Census> {
  const { slowPool, replica } = session;
  const options = {
    pool: slowPool,
    replica: replica(),
    minPopularity: choice.minPopularity,
    limit: choice.limit,
    exportedAt,
  };
  return takeCensus(options, readIdExport(stream, name));
}
