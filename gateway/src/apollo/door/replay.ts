import { type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import { type DocumentNode, GraphQLError, Kind, type ValidationRule } from 'graphql';
import type { FormatError } from '../../http/error-formatter.ts';
import type { Rejection } from '../../http/http-result.ts';
import { type DoorContext, type RequestState, stateOf } from './request-state.ts';

/** The gateway has parsed and validated a document before Apollo Server does. These plugins and this rule repeat the outcome in its hooks. */
export interface Replay {
  /** The plugin before all others: they see the gateway's errors. */
  readonly first: ApolloServerPlugin<DoorContext>;
  /** The plugin after all others. */
  readonly last: ApolloServerPlugin<DoorContext>;
  readonly rule: ValidationRule;
  /** Returns the formatter of a request's error; undefined for an error of no request. */
  formatterOf(error: unknown): FormatError | undefined;
}

export function createReplay(): Replay {
  const formatters = new WeakMap<object, FormatError>();
  /** Errors by the documents that stand for invalid ones during validation. */
  const errorsOf = new WeakMap<DocumentNode, readonly GraphQLError[]>();

  return {
    formatterOf: (error) => (typeof error === 'object' && error !== null ? formatters.get(error) : undefined),
    // Validation by the specified rules would repeat the gateway's, and may take quadratic time for documents that it has rejected.
    rule(context) {
      for (const error of errorsOf.get(context.getDocument()) ?? []) context.reportError(error);
      return {};
    },
    first: {
      async requestDidStart() {
        return {
          async didResolveSource({ contextValue, metrics, request }) {
            const { params } = stateOf(contextValue).request;
            const isPersisted = params?.extensions?.persistedQuery !== undefined && request.extensions !== undefined;
            if (!isPersisted) return;
            metrics.persistedQueryHit = !sendsText(stateOf(contextValue));
            metrics.persistedQueryRegister = !metrics.persistedQueryHit;
          },
          async didResolveOperation({ contextValue }) {
            const [error] = stateOf(contextValue).rejection?.errors ?? [];
            if (error !== undefined) throw error;
          },
          // The hook gets the list that Apollo Server formats afterwards: replaced here, plugins see the errors of the response.
          async didEncounterErrors({ contextValue, errors }) {
            const { rejection, request } = stateOf(contextValue);
            const list = errors as GraphQLError[];
            if (rejection !== undefined)
              list.splice(0, list.length, ...withHttp(rejection, request.statusOf(rejection)));
            for (const error of list) formatters.set(error, request.format);
          },
        };
      },
      async unexpectedErrorProcessingRequest({ requestContext: { contextValue }, error }) {
        stateOf(contextValue as DoorContext).unexpected = error;
      },
    },
    last: {
      async requestDidStart() {
        return {
          async validationDidStart(requestContext) {
            const { rejection } = stateOf(requestContext.contextValue);
            const context = requestContext as { document: DocumentNode };
            const { document } = context;
            context.document = { kind: Kind.DOCUMENT, definitions: [] };
            if (rejection?.isInvalidDocument) errorsOf.set(context.document, rejection.errors);
            return async () => {
              context.document = document;
            };
          },
        };
      },
    },
  };
}

function sendsText({ request: { request } }: RequestState): boolean {
  if (request.method === 'POST') return Boolean((request.body as { query?: unknown } | undefined)?.query);
  return new URLSearchParams(request.url.split('?')[1]).has('query');
}

/** Returns the errors of a rejection with its status and headers in the form that Apollo Server reads. */
function withHttp({ errors, headers = {} }: Rejection, status: number): GraphQLError[] {
  return errors.map((error, index) => {
    const { message, nodes = null, source = null, positions = null, path = null, originalError = null } = error;
    const extensions: Record<string, unknown> = { ...error.extensions, http: undefined };
    if (index === 0) extensions.http = { status, headers: new HeaderMap(Object.entries(headers)) };
    return new GraphQLError(message, { nodes, source, positions, path, originalError, extensions });
  });
}
