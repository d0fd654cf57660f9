import { port, serviceFields } from '@marquee/runtime/config';
import { httpFields } from '@marquee/runtime/http-server';
import { z } from 'zod';
import { workConfig } from './config.ts';

/** Configuration of `ingest sync`, apart from that of commands which serve no HTTP and need no server's modules. */
export const syncConfig = z.object({
  ...workConfig.shape,
  ...serviceFields,
  ...httpFields,
  PORT: port(4020),
});
