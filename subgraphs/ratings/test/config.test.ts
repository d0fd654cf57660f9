import { itReadsItsConfiguration } from '@marquee/testing/scenarios/configuration';
import { ratingsConfig } from '../src/config.ts';

itReadsItsConfiguration(ratingsConfig, 4003);
