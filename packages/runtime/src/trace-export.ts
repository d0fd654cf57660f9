import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Context,
  context as contextApi,
  DiagLogLevel,
  diag,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  type Tracer,
  trace as traceApi,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  defaultResource,
  resourceFromAttributes,
  serviceInstanceIdDetector,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import { startNodeSdk } from '@opentelemetry/sdk-node';
import type { ProcessContext } from './process.ts';
import type { PartOptions, Trace, TraceKind, Tracing } from './trace.ts';
import type { TracingConfig } from './tracing-config.ts';

/** The longest time, in ms, for which an unreachable collector delays the end of a process. */
const LONGEST_END_MS = 2_000;

/** The propagator of records. */
const records = new W3CTraceContextPropagator();

type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Reads header fields of a request of Node's. */
const getter: TextMapGetter<RequestHeaders> = {
  get: (headers, name) => headers[name.toLowerCase()],
  keys: (headers) => Object.keys(headers),
};

const setter: TextMapSetter<Record<string, string>> = {
  set(headers, name, value) {
    headers[name] = value;
  },
};

/**
 * Returns tracing that sends spans in batches to a collector, the pending ones before the process ends. OpenTelemetry's SDK configures
 * exporter, sampler, propagators, resource and limits from its variables:
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 *
 * Two defaults differ from the SDK's. Only the trace context is propagated, since the headers of clients reach subgraphs by rules alone. The
 * resource has neither the command line nor the host's description.
 */
export function exportTraces(ctx: ProcessContext, config: TracingConfig): Tracing {
  // The SDK reads its environment alone, which lacks those that files hold.
  for (const [name, value] of Object.entries(config)) {
    if (name.startsWith('OTEL_') && value !== undefined) process.env[name] ||= value;
  }
  const sdk = startNodeSdk({
    logLevel: 'warn',
    baseResource: defaultResource().merge(resourceFromAttributes({ 'service.name': `marquee-${ctx.service}` })),
    metricReaders: [],
    logRecordProcessors: [],
    ...(!process.env.OTEL_NODE_RESOURCE_DETECTORS && {
      resourceDetectors: [serviceInstanceIdDetector, serviceNameEnvDetector],
    }),
    ...(!config.OTEL_PROPAGATORS && { propagators: [records] }),
  });
  const report = (message: string) => ctx.logger.warn({ reason: message }, 'traces cannot be sent');
  const ignore = () => {};
  const diagnostics = { error: report, warn: report, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(diagnostics, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  ctx.onStop('traces', async () => {
    const sent = sdk.shutdown().catch((error: unknown) => report(String(error)));
    await Promise.race([sent, sleep(LONGEST_END_MS, undefined, { ref: false })]);
    for (const api of [traceApi, propagation, contextApi, diag]) api.disable();
  });
  const tracer = traceApi.getTracer('marquee');
  const begin = (parent: Context, name: string, options: PartOptions | undefined) =>
    traceOf(tracer, tracer.startSpan(name, spanOptions({ kind: 'server', ...options }), parent), parent);
  return {
    begin: (headers, name, options) => begin(propagation.extract(ROOT_CONTEXT, headers, getter), name, options),
    beginFromRecord: (headers, name, options) => begin(records.extract(ROOT_CONTEXT, headers, getter), name, options),
  };
}

const KINDS: Readonly<Record<TraceKind, SpanKind>> = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

function spanOptions({ attributes = {}, kind = 'internal', startTime }: PartOptions): SpanOptions {
  return { kind: KINDS[kind], attributes, ...(startTime !== undefined && { startTime }) };
}

function injected(propagator: Pick<TextMapPropagator, 'inject'>, context: Context): Record<string, string> {
  const headers: Record<string, string> = {};
  propagator.inject(context, headers, setter);
  return headers;
}

/** @param parent the context of the span's parent, which may have baggage */
function traceOf(tracer: Tracer, span: Span, parent: Context): Trace {
  const context = traceApi.setSpan(parent, span);
  let headers: Record<string, string> | undefined;
  let recordHeaders: Record<string, string> | undefined;
  return {
    id: span.spanContext().traceId,
    isRecorded: span.isRecording(),
    get headers() {
      headers ??= injected(propagation, context);
      return headers;
    },
    get recordHeaders() {
      recordHeaders ??= injected(records, context);
      return recordHeaders;
    },
    begin: (name, options = {}) => traceOf(tracer, tracer.startSpan(name, spanOptions(options), context), context),
    link(other) {
      const linked = traceApi.getSpanContext(records.extract(ROOT_CONTEXT, other.recordHeaders, getter));
      if (linked !== undefined && isSpanContextValid(linked)) span.addLink({ context: linked });
    },
    end({ name, attributes, error } = {}) {
      if (name !== undefined) span.updateName(name);
      if (attributes !== undefined) span.setAttributes(attributes);
      if (error !== undefined) {
        span.setAttribute('error.type', error);
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
  };
}
