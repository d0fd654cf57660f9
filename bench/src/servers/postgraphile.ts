import { createServer } from 'node:http';
import { createPool } from '@marquee/postgres/pool';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { functionsSchema } from '../functions.ts';
import { announce, serverSettings } from './settings.ts';

/** PostGraphile 5 over a subgraph's schema, with functions for what its arguments cannot express. */
const { url, schema, poolSize } = serverSettings();
const pool = createPool({ url, schema, applicationName: `bench-postgraphile-${schema}`, max: poolSize });
const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ pool, schemas: [schema, functionsSchema(schema)] })],
  // Only reading is measured; a schema without mutations is built sooner.
  disablePlugins: ['PgMutationCreatePlugin', 'PgMutationUpdateDeletePlugin'],
  schema: { defaultBehavior: '-insert -update -delete' },
  grafserv: { graphiql: false, websockets: false, watch: false, graphqlPath: '/graphql' },
  grafast: { explain: false },
});
const server = createServer();
server.on('error', (error) => {
  throw error;
});
await instance.createServ(grafserv).addTo(server);
announce(server);
