import { setTimeout as sleep } from 'node:timers/promises';
import {
  DiagLogLevel,
  diag,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  type Tracer,
  trace as traceApi,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { invalidConfig } from './config.ts';
import type { ProcessContext } from './process.ts';
import type { PartOptions, Trace, TraceKind, Tracing } from './trace.ts';

/** The longest time, in ms, for which an unreachable collector delays the end of a process. */
const LONGEST_END_MS = 2_000;

const propagator = new W3CTraceContextPropagator();

/** Reads header fields of a request of Node's. */
const getter = {
  get: (headers: Readonly<Record<string, string | string[] | undefined>>, name: string) => headers[name],
  keys: (headers: object) => Object.keys(headers),
};

/**
 * Returns tracing that sends spans in batches to the collector of the environment, the pending ones before the process ends. The exporter
 * reads its own variables: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
export function exportTraces(ctx: ProcessContext, env: Readonly<Record<string, string | undefined>>): Tracing {
  const report = (message: string) => ctx.logger.warn({ reason: message }, 'traces cannot be sent');
  const ignore = () => {};
  const diagnostics = { error: report, warn: report, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(diagnostics, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const provider = new TracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({ 'service.name': env.OTEL_SERVICE_NAME || `marquee-${ctx.service}` }),
    ),
    sampler: samplerOf(env.OTEL_TRACES_SAMPLER || 'parentbased_always_on', env.OTEL_TRACES_SAMPLER_ARG || '1'),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  ctx.onStop('traces', async () => {
    const sent = provider.shutdown().catch((error: unknown) => report(String(error)));
    await Promise.race([sent, sleep(LONGEST_END_MS, undefined, { ref: false })]);
  });
  const tracer = provider.getTracer('marquee');
  return {
    begin(headers, name, options) {
      const parent = propagator.extract(ROOT_CONTEXT, headers, getter);
      return traceOf(tracer, tracer.startSpan(name, spanOptions({ kind: 'server', ...options }), parent));
    },
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

function traceOf(tracer: Tracer, span: Span): Trace {
  const context = traceApi.setSpan(ROOT_CONTEXT, span);
  let headers: Record<string, string> | undefined;
  return {
    id: span.spanContext().traceId,
    isRecorded: span.isRecording(),
    get headers() {
      if (headers === undefined) {
        headers = {};
        const set = (carrier: Record<string, string>, name: string, value: string) => (carrier[name] = value);
        propagator.inject(context, headers, { set });
      }
      return headers;
    },
    begin: (name, options = {}) => traceOf(tracer, tracer.startSpan(name, spanOptions(options), context)),
    link(other) {
      const linked = traceApi.getSpanContext(propagator.extract(ROOT_CONTEXT, other.headers, getter));
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

/** https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration */
function samplerOf(name: string, argument: string): Sampler {
  const ratio = Number(argument);
  const isRatio = ratio >= 0 && ratio <= 1;
  const roots: Record<string, () => Sampler> = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(ratio),
  };
  const isParentBased = name.startsWith('parentbased_');
  const make = roots[isParentBased ? name.slice('parentbased_'.length) : name];
  if (make === undefined) {
    const names = Object.keys(roots).flatMap((root) => [root, `parentbased_${root}`]);
    throw invalidConfig([`OTEL_TRACES_SAMPLER: must be one of ${names.join(', ')}`]);
  }
  if (name.endsWith('traceidratio') && !isRatio) {
    throw invalidConfig(['OTEL_TRACES_SAMPLER_ARG: must be a number from 0 to 1']);
  }
  return isParentBased ? new ParentBasedSampler({ root: make() }) : make();
}
