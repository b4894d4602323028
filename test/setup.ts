import fc from 'fast-check';

/**
 * Properties draw the same cases in every run, so that a failure is never an accident of one machine.
 * `RECONCILE_TEST_SEED=random npx vitest run` looks at others; any number repeats a run.
 */
const wish = process.env['RECONCILE_TEST_SEED'];
if (wish !== 'random') fc.configureGlobal({ seed: Number(wish ?? 20_261_122) });
