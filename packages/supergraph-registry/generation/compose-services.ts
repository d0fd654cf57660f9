import type { RegisteredSubgraph } from '../src/registry.ts';

/** Volumes of secrets that are there whatever the subgraphs are. */
const SECRETS = ['vault', 'postgres', 'gateway', 'grafana', 'ingest', 'ingest-migration'];

/** Returns the part of compose.yaml that depends on the subgraphs: anchors for the services that know them, and their own services. */
export function composeServices(subgraphs: readonly RegisteredSubgraph[]): string {
  const names = subgraphs.map(({ name }) => name);
  const volumes = names.flatMap((name) => [name, `${name}-migration`]);
  const urls = subgraphs.map(({ name, port }) => `${name}=http://${name}:${port}/graphql`);
  return [
    `x-subgraph-names: &subgraph-names ${names.join(' ')}`,
    `x-subgraph-urls: &subgraph-urls ${urls.join(',')}`,
    'x-secrets: &secrets',
    ...[...SECRETS, ...volumes].map((name) => `  - secrets-${name}:/secrets/${name}`),
    'x-subgraph-volumes: &subgraph-volumes',
    ...volumes.map((name) => `  secrets-${name}: {}`),
    'x-healthy-subgraphs: &healthy-subgraphs',
    ...names.map((name) => `  ${name}: { condition: service_healthy }`),
    'x-subgraph-services: &subgraph-services',
    subgraphs.map(services).join('\n'),
  ].join('\n');
}

/** Returns the services of a subgraph: one migrates its schema, one serves GraphQL, one consumes events. */
function services({ name, port }: RegisteredSubgraph): string {
  return `  ${name}-migrate:
    <<: *migrate
    image: marquee/${name}:\${MARQUEE_VERSION:-0.1.0}
    build: &${name}
      context: .
      dockerfile: subgraphs/Dockerfile
      args: { <<: *build-arguments, SUBGRAPH: ${name}, PORT: "${port}" }
    volumes: [secrets-${name}-migration:/run/secrets/marquee:ro]
  ${name}:
    <<: *serve
    image: marquee/${name}:\${MARQUEE_VERSION:-0.1.0}
    build: *${name}
    volumes: [secrets-${name}:/run/secrets/marquee:ro]
    depends_on: { ${name}-migrate: { condition: service_completed_successfully } }
  ${name}-consumer:
    <<: *consume
    image: marquee/${name}:\${MARQUEE_VERSION:-0.1.0}
    build: *${name}
    volumes: [secrets-${name}:/run/secrets/marquee:ro]
    depends_on: { ${name}-migrate: { condition: service_completed_successfully }, kafka: { condition: service_healthy } }`;
}
