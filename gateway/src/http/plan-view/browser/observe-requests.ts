import type { PlanDescription } from '../../../execution/describe-plan.ts';
import { PlanRemover } from './remove-plan.ts';

/** The end of a response to the editor. */
export interface ObservedResponse {
  readonly status: number;
  readonly traceId: string | null;
  /** Time until the last byte, in ms. */
  readonly totalMs: number;
  /** Size of the decoded body, without the plan. */
  readonly bytes: number;
  /** Undefined for rejected requests and subscriptions. */
  readonly plan: PlanDescription | undefined;
}

/**
 * Requests the plan of each operation that the page sends to the endpoint, and removes it from the response. Other
 * requests, and those for the schema, are sent unchanged.
 */
export function observeRequests(endpoint: string, onResponse: (response: ObservedResponse) => void): void {
  const send = globalThis.fetch.bind(globalThis);
  globalThis.fetch = async (input, init) => {
    if (!isOperation(endpoint, input, init)) return send(input, init);
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
    headers.set('marquee-query-plan', '1');
    if (!headers.has('traceparent')) headers.set('traceparent', createTraceparent());
    // The editor reads incremental responses, and names no version of them.
    headers.set(
      'accept',
      headers.get('accept')?.replace(/multipart\/mixed(?!;)/, 'multipart/mixed;deferSpec=20220824') ?? '*/*',
    );
    const begun = performance.now();
    const response = await send(input, { ...init, headers });
    const { status, statusText } = response;
    const remover = new PlanRemover();
    let bytes = 0;
    const encoder = new TextEncoder();
    const pass = (text: string, controller: TransformStreamDefaultController<Uint8Array>) => {
      if (text === '') return;
      const chunk = encoder.encode(text);
      bytes += chunk.length;
      controller.enqueue(chunk);
    };
    const removing = new TransformStream<string, Uint8Array>({
      transform: (text, controller) => pass(remover.push(text), controller),
      flush(controller) {
        const { rest, plan } = remover.end();
        pass(rest, controller);
        const traceId = response.headers.get('marquee-trace-id');
        onResponse({ status, traceId, totalMs: performance.now() - begun, bytes, plan });
      },
    });
    const body = response.body?.pipeThrough(new TextDecoderStream()).pipeThrough(removing) ?? null;
    return new Response(body, { status, statusText, headers: response.headers });
  };
}

function isOperation(endpoint: string, input: RequestInfo | URL, init: RequestInit | undefined): boolean {
  const { origin, pathname } = new URL(input instanceof Request ? input.url : input, location.href);
  if (origin !== location.origin || pathname !== endpoint) return false;
  return !(typeof init?.body === 'string' && init.body.includes('"operationName":"IntrospectionQuery"'));
}

/** Starts a trace that collectors keep (https://www.w3.org/TR/trace-context/). */
function createTraceparent(): string {
  const hex = (bytes: number) =>
    Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `00-${hex(16)}-${hex(8)}-01`;
}
