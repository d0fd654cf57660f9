import { describeMigrations } from '@marquee/testing/scenarios/migrations';
import { subgraph } from '../../fixtures/subgraph.ts';

describeMigrations(subgraph, ['relation movie___name__']);
