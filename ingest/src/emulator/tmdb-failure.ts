/**
 * An unsuccessful response of TMDb: HTTP status and body.
 * Source: https://developer.themoviedb.org/docs/errors
 */
export class TmdbFailure extends Error {
  readonly status: number;
  readonly body: object;

  constructor(status: number, body: object) {
    super(`TMDb's ${status}`);
    this.status = status;
    this.body = body;
  }
}

function failure(status: number, code: number, message: string): TmdbFailure {
  return new TmdbFailure(status, { success: false, status_code: code, status_message: message });
}

export const invalidKey = () => failure(401, 7, 'Invalid API key: You must be granted a valid key.');
export const notFound = () => failure(404, 34, 'The resource you requested could not be found.');
export const internalError = () => failure(500, 11, 'Internal error: Something went wrong, contact TMDb.');
export const invalidDateRange = () => failure(400, 20, 'Invalid date range: Should be a range no longer than 14 days.');
export const invalidPage = () =>
  failure(400, 22, 'Invalid page: Pages start at 1 and max at 500. They are expected to be an integer.');
export const tooManyAppends = () =>
  failure(400, 27, 'Too many append to response objects: The maximum number of remote calls is 20.');
export const tooManyRequests = (count: number, limit: number) =>
  failure(429, 25, `Your request count (${count}) is over the allowed limit of ${limit}.`);
/** Returns the error of the API's older parts for an invalid parameter. */
export const unprocessable = (...errors: readonly string[]) => new TmdbFailure(422, { errors });
