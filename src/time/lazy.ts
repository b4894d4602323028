import { createRequire } from 'node:module';
import type * as Chrono from 'chrono-node/en';
import type Cronstrue from 'cronstrue';
import type Moment from 'moment';

// Loading these at start-up would cost more than everything else the command does; most calls never need them.
const load = createRequire(import.meta.url);

export function loadMoment(): typeof Moment {
  return load('moment');
}

export function loadChrono(): typeof Chrono {
  return load('chrono-node/en');
}

export function loadCronstrue(): typeof Cronstrue {
  const module: { default?: typeof Cronstrue } & typeof Cronstrue = load('cronstrue');
  return module.default ?? module;
}
