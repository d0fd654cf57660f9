import { EXIT, MarqueeError } from '@marquee/runtime/errors';

/** Address and token of TMDb. */
export interface TmdbAddress {
  /** The API's base, without a slash at its end, for example `https://api.themoviedb.org/3`. */
  readonly baseUrl: string;
  readonly token: string | undefined;
  /** True for the emulator, which has no limits to keep to; TMDb has, and so has whatever passes requests on to it. */
  readonly isEmulator: boolean;
}

const REAL_HOSTS = ['api.themoviedb.org', 'api.tmdb.org'];
const REAL_BASE_URL = `https://${REAL_HOSTS[0]}/3`;

/**
 * The TMDb to ask: TMDB_BASE_URL, else the real one when there is a token, else the emulator.
 *
 * @throws MarqueeError `INVALID_CONFIG` when nothing says where TMDb is, or when the real one would be asked without a token.
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
      'No TMDb to ask: set TMDB_TOKEN to a token of TMDb, or TMDB_BASE_URL (or TMDB_EMULATOR_URL) to the address of a server ' +
        'that answers like it, such as `ingest emulator`.',
    );
  }
  const url = new URL(given);
  if (url.username || url.password || url.search || url.hash) {
    throw invalid(
      'The address of TMDb must not hold a user name, a password, a query or a fragment: the token goes into TMDB_TOKEN.',
    );
  }
  if (REAL_HOSTS.includes(url.hostname) && token === undefined) {
    throw invalid('TMDb answers nobody without a token: set TMDB_TOKEN.');
  }
  const isEmulator = config.TMDB_BASE_URL === undefined && token === undefined;
  return { baseUrl: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, token, isEmulator };
}

function invalid(message: string): MarqueeError {
  return new MarqueeError('INVALID_CONFIG', message, { exitCode: EXIT.usage });
}
