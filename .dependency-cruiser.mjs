/** The import rules of docs/decisions/0001: the onion of subgraphs and ingest, the gateway's rooms, and who may use which package. No exemptions. */

const onion = '(subgraphs/[^/]+|ingest)';
const outside = '^(subgraphs|gateway|ingest|web|local-stack|containers|tests|bench)/';

/** Types that are the same in all rings of all subgraphs: a page of a list, a mutation's call and outcome. */
const subgraphTerms = '^packages/subgraph/src/(keyset-page|mutations/outcome)\\.ts$';

/** Which packages each package may use; `runtime` is the floor that everything may stand on. */
const packages = {
  runtime: [],
  postgres: ['runtime'],
  events: ['runtime'],
  'event-log': ['runtime', 'events', 'postgres'],
  'inbox-outbox': ['runtime', 'events', 'event-log', 'postgres'],
  trust: ['runtime'],
  'supergraph-registry': ['runtime'],
  'new-subgraph': ['runtime', 'supergraph-registry'],
  'graphql-over-http': [],
  subgraph: ['runtime', 'postgres', 'events', 'event-log', 'inbox-outbox', 'trust', 'graphql-over-http'],
  'local-services': ['runtime'],
  testing: ['runtime', 'events', 'event-log', 'inbox-outbox', 'postgres', 'local-services', 'trust'],
};

const packageRules = Object.entries(packages).map(([name, allowed]) => ({
  name: `package-${name}`,
  comment: `packages/${name} may use ${allowed.length > 0 ? allowed.join(', ') : 'no package of ours'}.`,
  severity: 'error',
  from: { path: `^packages/${name}/src/` },
  to: { path: '^packages/', pathNot: `^packages/(${[name, ...allowed].join('|')})/` },
}));

/** The rooms of the gateway, one column: each imports itself and the rooms after it. `main.ts` stands above them all. */
const rooms = [
  'apollo',
  'config',
  'workers',
  'http',
  'operations',
  'supergraph',
  'subgraphs',
  'execution',
  'planning',
  'directives',
  'graphql',
];

const roomRules = rooms.map((room, index) => ({
  name: `gateway-room-${room}`,
  comment: `gateway/src/${room} may import ${rooms.slice(index + 1).join(', ') || 'no other room'}.`,
  severity: 'error',
  from: { path: `^gateway/src/${room}/` },
  to: { path: '^gateway/', pathNot: `^gateway/(node_modules|src/(${rooms.slice(index).join('|')}))/` },
}));

export default {
  forbidden: [
    {
      name: 'onion-domain',
      comment: 'The domain is plain data and pure functions: it imports nothing but itself.',
      severity: 'error',
      from: { path: `^${onion}/src/domain/` },
      to: { pathNot: '^$1/src/domain/' },
    },
    {
      name: 'onion-application',
      comment: 'Use cases and their ports import the domain, and the terms of all subgraphs, which import nothing.',
      severity: 'error',
      from: { path: `^${onion}/src/application/` },
      to: { pathNot: ['^$1/src/(domain|application)/', subgraphTerms] },
    },
    {
      name: 'subgraph-terms',
      comment: 'Use cases import the terms of all subgraphs: through them they would import whatever those import.',
      severity: 'error',
      from: { path: subgraphTerms },
      to: {},
    },
    {
      name: 'onion-outer-rings',
      comment: 'Outer rings do not know one another; main.ts joins them.',
      severity: 'error',
      from: { path: `^${onion}/src/(infrastructure|graphql|cli|emulator)/` },
      to: { path: '^$1/src/', pathNot: '^$1/src/(domain|application|$2)/' },
    },
    ...roomRules,
    {
      name: 'gateway-in-rooms',
      comment: 'Every file of the gateway but main.ts stands in a room.',
      severity: 'error',
      from: { path: '^gateway/src/', pathNot: `^gateway/src/(main\\.ts$|(${rooms.join('|')})/)` },
      to: {},
    },
    {
      name: 'gateway-fastify',
      comment: 'Only the http room of the gateway knows fastify.',
      severity: 'error',
      from: { path: '^gateway/src/', pathNot: '^gateway/src/http/' },
      to: { path: 'node_modules/(fastify|@fastify)/' },
    },
    {
      name: 'gateway-execution-packages',
      comment:
        'Execution serves any supergraph: of the packages its rooms use only the limits and errors that all processes share.',
      severity: 'error',
      from: { path: '^gateway/src/(execution|planning|directives|graphql)/' },
      to: {
        path: '^packages/',
        pathNot: '^packages/(graphql-over-http/src/(error-limits|json-depth)|runtime/src/(errors|label))\\.ts$',
      },
    },
    {
      name: 'gateway-planner-thread',
      comment:
        "Apollo's planner takes memory and time: the planner's thread alone loads it and the planning room; all others import types of them. The apollo room is for processes that load Apollo Gateway, and for plugins of Apollo Server.",
      severity: 'error',
      from: { path: '^gateway/src/', pathNot: '^gateway/src/(planning|apollo)/' },
      to: { path: ['node_modules/@apollo/', '^gateway/src/planning/'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'subgraphs-apart',
      comment: 'A subgraph never imports another: what they share is a contract in packages/events or the supergraph.',
      severity: 'error',
      from: { path: '^subgraphs/([^/]+)/' },
      to: { path: '^subgraphs/', pathNot: '^subgraphs/$1/' },
    },
    {
      name: 'deployables-apart',
      comment: 'A deployable imports packages, never another deployable.',
      severity: 'error',
      from: { path: `^(subgraphs/[^/]+|gateway|ingest|web|local-stack|containers)/` },
      to: { path: outside, pathNot: '^$1/' },
    },
    {
      name: 'packages-inward',
      comment: 'A package knows no deployable and no test.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: outside },
    },
    ...packageRules,
    {
      name: 'local-services-for-tests',
      comment: 'Services for development and tests stay out of what is deployed.',
      severity: 'error',
      from: { path: '^(packages/(?!local-services|testing)|subgraphs/|gateway/|ingest/)[^/]*/?.*src/' },
      to: { path: '^packages/local-services/' },
    },
    {
      name: 'testing-for-tests',
      comment: 'What tests share is imported by tests alone.',
      severity: 'error',
      from: { path: '^(packages/(?!testing/)[^/]+|subgraphs/[^/]+|gateway|ingest|web|local-stack)/src/' },
      to: { path: '^packages/testing/' },
    },
    {
      name: 'through-the-exports',
      comment: 'Another workspace is imported by its name, not by a path into its folder.',
      severity: 'error',
      from: { path: '^(packages/[^/]+|subgraphs/[^/]+|gateway|ingest|web|local-stack|containers|tests)/' },
      to: { dependencyTypes: ['local'], pathNot: '^$1/' },
    },
    {
      name: 'source-without-tests',
      comment: 'What runs in production imports no test.',
      severity: 'error',
      from: { path: '/src/' },
      to: { path: '/test/' },
    },
    {
      name: 'no-development-dependencies',
      comment:
        'What is deployed imports only what its package.json lists as a dependency, or as a peer that its user installs.',
      severity: 'error',
      from: { path: '^(packages|subgraphs|gateway|ingest|web|local-stack|containers)/.*src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only', 'npm-peer'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    exclude: { path: '^web/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
    combinedDependencies: false,
  },
};
