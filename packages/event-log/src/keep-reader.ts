import type { Reader } from './event-log.ts';

/** Keeps a reader among the open ones of a log until it is closed, by its user or with the log. */
export function keepReader<Kind extends Reader>(open: Set<Reader>, reader: Kind): Kind {
  open.add(reader);
  return {
    ...reader,
    close: async () => {
      await reader.close();
      open.delete(reader);
    },
  };
}
