import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span in OTLP's JSON: https://opentelemetry.io/docs/specs/otlp/ */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly attributes: readonly {
    readonly key: string;
    readonly value: { readonly stringValue?: string; readonly intValue?: number };
  }[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code?: number };
  /** Name of the process: the resource's `service.name`. */
  readonly service: string;
}

/** A collector of traces. */
export interface OtlpCollector {
  readonly url: string;
  readonly spans: readonly Span[];
  /** Returns the spans of a trace. */
  of(trace: string): Span[];
  stop(): void;
}

/** Receives traces as a collector does, by OTLP over HTTP in JSON, and keeps them. */
export async function startOtlpCollector(): Promise<OtlpCollector> {
  const spans: Span[] = [];
  const server = createServer(async (request, response) => {
    const { resourceSpans } = JSON.parse(Buffer.concat(await request.toArray()).toString());
    for (const { resource, scopeSpans } of resourceSpans) {
      const { 'service.name': service } = attributesOf(resource);
      for (const scope of scopeSpans) for (const span of scope.spans) spans.push({ ...span, service });
    }
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    of: (trace) => spans.filter(({ traceId }) => traceId === trace),
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Returns attributes by name. */
export function attributesOf({ attributes }: Pick<Span, 'attributes'>): Record<string, string | number | undefined> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));
}
