import { z } from 'zod';

/** Longest accepted value of a list, in characters. */
const MAX_LIST = 8_192;

/**
 * OpenTelemetry's variables of traces, by https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/. The SDK reads
 * them itself. It logs a mistake and continues with a default; these fields report it with those of the rest of the configuration.
 */
export const tracingFields = {
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint(),
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol(),
  OTEL_EXPORTER_OTLP_HEADERS: pairs(),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: pairs(),
  OTEL_TRACES_EXPORTER: oneOf('otlp', 'none'),
  OTEL_SERVICE_NAME: z.string().max(255).optional(),
  OTEL_RESOURCE_ATTRIBUTES: pairs(),
  OTEL_PROPAGATORS: listOf('tracecontext', 'baggage', 'b3', 'b3multi', 'none'),
  OTEL_TRACES_SAMPLER: oneOf(
    'always_on',
    'always_off',
    'traceidratio',
    'parentbased_always_on',
    'parentbased_always_off',
    'parentbased_traceidratio',
  ),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .refine((text) => text.trim() !== '' && Number(text) >= 0 && Number(text) <= 1, 'must be a number from 0 to 1')
    .optional(),
  OTEL_SDK_DISABLED: z
    .string()
    .regex(/^(?:true|false)$/i, 'must be true or false')
    .optional(),
  /** The SDK would read its whole configuration from this file, and none of the variables. */
  OTEL_CONFIG_FILE: z.undefined({ error: 'is not supported: set the variables' }).optional(),
};

/** Output of {@link tracingFields}. */
export type TracingConfig = z.output<z.ZodObject<typeof tracingFields>>;

function oneOf<const Names extends readonly string[]>(...names: Names) {
  return z.enum(names, { error: `must be one of ${names.join(', ')}` }).optional();
}

function listOf(...names: readonly string[]) {
  return z
    .string()
    .refine(
      (text) => text.split(',').every((name) => names.includes(name.trim())),
      `must be a list of ${names.join(', ')}`,
    )
    .optional();
}

function protocol() {
  return oneOf('http/protobuf', 'http/json');
}

function endpoint() {
  return z
    .string()
    .refine(
      (text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
      'must be a URL that starts with http:// or https://',
    )
    .optional();
}

/** `name=value,…`, with percent-encoded values. */
function pairs() {
  return z
    .string()
    .max(MAX_LIST, `must have at most ${MAX_LIST} characters`)
    .refine((text) => text.split(',').every(isPair), 'must be a list of name=value, with percent-encoded values')
    .optional();
}

function isPair(text: string): boolean {
  // Values may be encoded in Base64, which ends with =.
  const [, value] = /^\s*[^\s=]+\s*=(.*)$/s.exec(text) ?? [];
  if (value === undefined) return text.trim() === '';
  try {
    decodeURIComponent(value);
    return true;
  } catch {
    return false;
  }
}
