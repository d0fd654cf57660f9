import { itReadsItsConfiguration } from '@marquee/testing/scenarios/configuration';
import { moviesConfig } from '../src/config.ts';

itReadsItsConfiguration(moviesConfig, 4001);
