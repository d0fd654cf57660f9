import { before, describe } from 'node:test';
import { type Cluster, namedCluster } from './cluster.ts';
import { faultTests } from './faults.ts';
import { installationTests } from './installation.ts';
import { releaseTests } from './releases.ts';
import { rolloutTests } from './rollouts.ts';
import { scalingTests } from './scaling.ts';
import { strangerTests } from './strangers.ts';

describe('Marquee on a Kubernetes node', { timeout: 3_600_000 }, () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await namedCluster();
  });
  const running = () => cluster;
  installationTests(running);
  strangerTests(running);
  rolloutTests(running);
  releaseTests(running);
  faultTests(running);
  scalingTests(running);
});
