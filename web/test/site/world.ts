import type { BrowserContextOptions } from 'playwright-core';
import type { Visit } from '../fixtures/visit.ts';

/** The running site, and windows on it. */
export interface SiteWorld {
  readonly url: string;
  /** Opens a window of its own, at this site or another one. */
  visit(options?: BrowserContextOptions, url?: string): Promise<Visit>;
  token(subject: string): Promise<string>;
  startGateway(env: Readonly<Record<string, string>>): Promise<string>;
}
