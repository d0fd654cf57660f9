import { EXIT, MarqueeError } from '@marquee/runtime/errors';

/** Base URL and token of TMDb. */
export interface TmdbAddress {
  /** Base URL of the API without a trailing slash, such as `https://api.themoviedb.org/3`. */
  readonly baseUrl: string;
  readonly token: string | undefined;
  /** True for the emulator, which has no rate limit; TMDb has one, and so do proxies before it. */
  readonly isEmulator: boolean;
}

const REAL_HOSTS = ['api.themoviedb.org', 'api.tmdb.org'];
const REAL_BASE_URL = `https://${REAL_HOSTS[0]}/3`;

/**
 * Returns TMDB_BASE_URL, or TMDb itself when a token is set, or else the emulator.
 *
 * @throws MarqueeError `INVALID_CONFIG` without any of them, and for TMDb itself without a token
 */
export function tmdbAddress(config: {
  readonly TMDB_BASE_URL?: string | undefined;
  readonly TMDB_TOKEN?: string | undefined;
  readonly TMDB_EMULATOR_URL?: string | undefined;
}): TmdbAddress {
  const token = config.TMDB_TOKEN;
  const given = config.TMDB_BASE_URL ?? (token === undefined ? config.TMDB_EMULATOR_URL : REAL_BASE_URL);
  if (given === undefined) {
    throw invalid(
      'There is no TMDb: set TMDB_TOKEN to a token of TMDb, or TMDB_BASE_URL (or TMDB_EMULATOR_URL) to the URL of a server ' +
        'with its API, such as `ingest emulator`.',
    );
  }
  const url = new URL(given);
  if (url.username || url.password || url.search || url.hash) {
    throw invalid(
      'The URL of TMDb must not contain a user name, a password, a query or a fragment: set the token in TMDB_TOKEN.',
    );
  }
  if (REAL_HOSTS.includes(url.hostname) && token === undefined) {
    throw invalid('TMDb requires a token: set TMDB_TOKEN.');
  }
  const isEmulator = config.TMDB_BASE_URL === undefined && token === undefined;
  return { baseUrl: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, token, isEmulator };
}

function invalid(message: string): MarqueeError {
  return new MarqueeError('INVALID_CONFIG', message, { exitCode: EXIT.usage });
}
