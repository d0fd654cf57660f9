import { readFile } from 'node:fs/promises';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { apolloServerOptions, CompiledGateway } from '@marquee/gateway/apollo';

/** Apollo Server with this gateway in place of Apollo Gateway. */
const supergraphSdl = await readFile(process.env.SUPERGRAPH ?? '', 'utf8');
const server = new ApolloServer(apolloServerOptions(new CompiledGateway({ supergraphSdl })));
const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });
process.send?.({ port: Number(new URL(url).port) });
