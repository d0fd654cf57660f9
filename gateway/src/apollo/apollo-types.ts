import type { ApolloGateway, GatewayConfig, GraphQLDataSource } from '@apollo/gateway';

/** Apollo Server's context of a request, for gateways. */
export type GatewayRequest = Parameters<ApolloGateway['executor']>[0];

/** The result of a gateway for Apollo Server. */
export type GatewayResult = Awaited<ReturnType<ApolloGateway['executor']>>;

/** The response of a data source. */
export type DataSourceResponse = Awaited<ReturnType<GraphQLDataSource['process']>>;

/** Headers as Apollo's packages take them, from any implementation of `fetch`. */
export type FetcherHeaders = NonNullable<GatewayRequest['request']['http']>['headers'];

export type ApolloLogger = NonNullable<GatewayConfig['logger']>;

/** A limit of a response's cacheability. */
export interface CacheHint {
  /** In seconds. */
  readonly maxAge: number;
  readonly scope?: 'PUBLIC' | 'PRIVATE';
}
