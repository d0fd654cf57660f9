import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { type Attribute, decodeExportRequest, type ExportRequest, type SentSpan } from './otlp-messages.ts';

/** A span that a collector has received. */
export interface Span extends SentSpan {
  /** Name of the process: the resource's `service.name`. */
  readonly service: string;
  /** Attributes of the process. */
  readonly resource: Readonly<Record<string, AttributeValue>>;
}

export type AttributeValue = string | number | boolean | undefined;

/** A request of an exporter. */
export interface Export {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** A collector of traces. */
export interface OtlpCollector {
  readonly url: string;
  readonly spans: readonly Span[];
  readonly exports: readonly Export[];
  /** Returns the spans of a trace. */
  of(trace: string): Span[];
  stop(): void;
}

/** Receives traces as a collector does, by OTLP over HTTP in JSON or Protobuf, and keeps them. */
export async function startOtlpCollector(): Promise<OtlpCollector> {
  const spans: Span[] = [];
  const exports: Export[] = [];
  const server = createServer(async (request, response) => {
    const { headers, url: path } = request;
    const sent = Buffer.concat(await request.toArray());
    const body = headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    const isJson = headers['content-type'] === 'application/json';
    const { resourceSpans } = isJson ? (JSON.parse(body.toString()) as ExportRequest) : decodeExportRequest(body);
    exports.push({ path, headers });
    for (const { resource, scopeSpans } of resourceSpans) {
      const attributes = attributesOf(resource);
      const service = String(attributes['service.name']);
      for (const scope of scopeSpans)
        for (const span of scope.spans) spans.push({ ...span, service, resource: attributes });
    }
    response.setHeader('content-type', isJson ? 'application/json' : 'application/x-protobuf').end(isJson ? '{}' : '');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    exports,
    of: (trace) => spans.filter(({ traceId }) => traceId === trace),
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Returns attributes by name. */
export function attributesOf({
  attributes,
}: {
  readonly attributes: readonly Attribute[];
}): Record<string, AttributeValue> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValueOf(value)]));
}

function plainValueOf({ stringValue, boolValue, intValue, doubleValue }: Attribute['value']): AttributeValue {
  return stringValue ?? boolValue ?? (intValue === undefined ? doubleValue : Number(intValue));
}
