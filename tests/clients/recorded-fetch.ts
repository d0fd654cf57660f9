/** A request that a client sent, and the head of its response. */
export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
}

/** A `fetch` that records requests. */
export interface RecordedFetch {
  readonly fetch: typeof fetch;
  readonly requests: RecordedRequest[];
}

export function recordFetch(): RecordedFetch {
  const requests: RecordedRequest[] = [];
  return {
    requests,
    fetch: async (input, init) => {
      const { method, url } = new Request(input, init);
      const response = await fetch(input, init);
      const { status, headers } = response;
      const contentType = headers.get('content-type');
      requests.push({ method, url, status, contentType, contentEncoding: headers.get('content-encoding') });
      return response;
    },
  };
}
