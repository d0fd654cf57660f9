import { itReadsItsConfiguration } from '@marquee/testing/scenarios/configuration';
import { peopleConfig } from '../src/config.ts';

itReadsItsConfiguration(peopleConfig, 4002);
