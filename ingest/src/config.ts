import { eventLogFields } from '@marquee/event-log/configuration';
import { port, serviceFields, url } from '@marquee/runtime/config';
import { startupFields } from '@marquee/runtime/reachable';
import { z } from 'zod';

/** What `ingest movies` and `ingest popular` read. They log less than a service: their summary says what happened. */
export const ingestConfig = z.object({
  ...startupFields,
  ...eventLogFields,
  LOG_LEVEL: serviceFields.LOG_LEVEL.unwrap().default('warn'),
  /** The API's base, for example `https://api.themoviedb.org/3`. */
  TMDB_BASE_URL: url('http', 'https').optional(),
  /** A v4 token, or a v3 key. */
  TMDB_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be one word, without spaces or quotes around it')
    .optional(),
  /** Where the emulator is; asked when neither of the above is set. */
  TMDB_EMULATOR_URL: url('http', 'https').optional(),
});

/** What `ingest emulator` reads. */
export const emulatorConfig = z.object({
  ...serviceFields,
  EMULATOR_PORT: port(4010),
  /** What requests must show; unset: nothing. */
  EMULATOR_TOKEN: z.string().optional(),
});
