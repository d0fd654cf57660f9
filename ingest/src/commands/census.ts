import type { Readable } from 'node:stream';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import type { BackfillOptions, CensusChoice } from '../cli/queue-commands.ts';
import { exportedAt, exportFolder, exportUrl, latestDays } from '../infrastructure/export-address.ts';
import { downloadExport, openExportFile, readIdExport } from '../infrastructure/id-export.ts';
import { type Census, takeCensus } from '../infrastructure/postgres-census.ts';
import { moveCursor, readCursor } from '../infrastructure/postgres-changes.ts';
import { withClaim } from '../infrastructure/postgres-claims.ts';
import type { WorkSession } from './work-session.ts';

/** An opened export. */
interface OpenExport {
  readonly stream: Readable;
  readonly name: string;
  readonly exportedAt: Date;
}

/** Name of the claim of the replica that reads an export. */
const CLAIM = 'census';

/**
 * Compares the export of the options, or the latest one, with the queue, whether or not that was done before.
 *
 * @throws MarqueeError `EXPORT_MISSING` (exit code 2), `INTERRUPTED`, and the errors of {@link takeCensus}
 */
export async function compareExport(
  session: WorkSession,
  exportsUrl: string | undefined,
  options: CensusChoice & Pick<BackfillOptions, 'export' | 'date'>,
): Promise<Census> {
  if (options.export !== undefined) {
    const stream = await openExportFile(options.export);
    return census(session, { stream, name: options.export, exportedAt: new Date() }, options);
  }
  const folder = exportFolder(exportsUrl, session.address.baseUrl);
  const days = options.date ? [options.date] : latestDays(new Date());
  const compared = await withClaim(session, CLAIM, async () => {
    const opened = await openFirst(folder, days);
    return opened && (await compareDaily(session, opened, options));
  }).catch((error: unknown) => {
    if (session.stop.aborted) throw new MarqueeError('INTERRUPTED', 'Stopped while another replica reads an export.');
    throw error;
  });
  if (compared) return compared;
  const missing = days.map((day) => exportUrl(folder, day)).join(', ');
  throw new MarqueeError(
    'EXPORT_MISSING',
    `There is no export at ${missing}. TMDb keeps them for 3 months; set TMDB_EXPORT_URL for another server.`,
    { exitCode: EXIT.usage },
  );
}

/** Compares the latest export with the queue unless a replica has done so; undefined when there is none to compare. */
export function compareNewExport(
  session: WorkSession,
  exportsUrl: string | undefined,
  choice: CensusChoice,
): Promise<(Census & { readonly export: string }) | undefined> {
  return withClaim(session, CLAIM, async () => {
    const last = await readCursor(session.pool, cursorOf(choice));
    const days = latestDays(new Date()).filter((day) => last === undefined || exportedAt(day) > last);
    const opened = await openFirst(exportFolder(exportsUrl, session.address.baseUrl), days);
    return opened && { export: opened.name, ...(await compareDaily(session, opened, choice)) };
  });
}

/** Name of the cursor of the latest export that was compared with the queue: another choice of movies compares it again. */
function cursorOf({ limit, minPopularity }: CensusChoice): string {
  const choice = [limit && `at most ${limit}`, minPopularity > 0 && `popularity ${minPopularity}`].filter(Boolean);
  return choice.length === 0 ? 'census' : `census (${choice.join(', ')})`;
}

async function openFirst(folder: string, days: readonly Date[]): Promise<OpenExport | undefined> {
  for (const day of days) {
    const name = exportUrl(folder, day);
    const stream = await downloadExport(name);
    if (stream) return { stream, name, exportedAt: exportedAt(day) };
  }
  return undefined;
}

/** Compares a day's export with the queue, and records the day. */
async function compareDaily(session: WorkSession, opened: OpenExport, choice: CensusChoice): Promise<Census> {
  const result = await census(session, opened, choice);
  await moveCursor(session.pool, cursorOf(choice), opened.exportedAt);
  return result;
}

/** Adds the wanted movies of an export to the queue. */
function census(session: WorkSession, { stream, name, exportedAt }: OpenExport, choice: CensusChoice): Promise<Census> {
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
