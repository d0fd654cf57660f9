import { port, serviceFields } from '@marquee/runtime/config';
import { z } from 'zod';

/** Configuration of `ingest emulator`, apart from that of commands which need an event log and its modules. */
export const emulatorConfig = z.object({
  ...serviceFields,
  EMULATOR_PORT: port(4010),
  /** Token that requests must have; none by default. */
  EMULATOR_TOKEN: z.string().optional(),
});
