import { describe, expect, it } from 'vitest';
import { describeTarget } from '../../src/core/describe.ts';
import { liveJob, livePart } from '../support/memory-kind.ts';
import { contextWith, entryOf, job, planWorld, type WorldInput } from '../support/memory-world.ts';

const CANARY = 'canary-Sw0rdfish';
const OLD = 'canary-0ld-0ne';
const spec = (token: string) => ({
  url: `https://x?key=${token}`,
  schedules: { daily: { every: 60, data: { token, open: 'shown' } } },
});
const secrets = ['/url', '/schedules/daily/data/token'];
const wanted = (token = CANARY) => job('a', spec(token), { secrets });
const live = (token = CANARY) =>
  liveJob('a', { url: `https://x?key=${token}` }, [
    livePart('s1', { description: 'daily', every: 60, data: { token, open: 'shown' } }),
  ]);

function documentOf(input: WorldInput) {
  const context = contextWith(input.policy, input.stateKey);
  return describeTarget({
    name: 't',
    provider: 'memory',
    url: 'http://x',
    instance: 'i',
    lineage: 'l',
    requests: 0,
    planned: planWorld(input),
    drifted: 0,
    diagnostics: [],
    sealer: context.sealer,
    kind: context.kind,
  });
}

describe('SEMANTICS 11: secrets', () => {
  it.each([undefined, 'key-one'])(
    'never reach the plan document or the state (state key: %s)',
    (stateKey) => {
      const cases: WorldInput[] = [
        { desired: [wanted()] },
        { desired: [wanted()], live: [live(OLD)], base: [entryOf(wanted(OLD), { daily: 's1' }, stateKey)] },
        { desired: [wanted()], live: [live(OLD)], policy: { adopt: 'always' } },
        {
          desired: [job('b')],
          live: [live(OLD), liveJob('b')],
          base: [entryOf(wanted(OLD), { daily: 's1' }, stateKey), entryOf(job('b'))],
          policy: { prune: true },
        },
        {
          desired: [job('a', { url: 'public' })],
          live: [live(OLD)],
          base: [entryOf(wanted(OLD), { daily: 's1' }, stateKey)],
          policy: { prune: true },
        },
      ];
      for (const input of cases) {
        const text = JSON.stringify([
          documentOf({ ...input, ...(stateKey === undefined ? {} : { stateKey }) }),
          input.base,
        ]);
        expect(text).not.toContain('canary');
        expect(text).toContain('sealed');
      }
    },
  );

  it('shows what is not secret beside them', () => {
    const [change] = documentOf({ desired: [wanted()] }).changes;
    expect(change?.patch[0]?.value).toMatchObject({
      url: '(sensitive)',
      schedules: { daily: { data: { token: '(sensitive)', open: 'shown' } } },
    });
  });

  it('the same secret is no change, with the key, without it, and with another one', () => {
    for (const [then, now] of [
      ['k', 'k'],
      ['k', undefined],
      [undefined, 'k'],
      [undefined, undefined],
      ['k', 'other'],
    ] as const) {
      const base = [entryOf(wanted(), { daily: 's1' }, then)];
      expect(
        planWorld({
          desired: [wanted()],
          live: [live()],
          base,
          ...(now === undefined ? {} : { stateKey: now }),
        }).changes,
      ).toEqual([]);
    }
  });

  it('a changed secret is seen under the key, told apart from drift', () => {
    const base = [entryOf(wanted(OLD), { daily: 's1' }, 'k')];
    expect(planWorld({ desired: [wanted()], live: [live(OLD)], base, stateKey: 'k' }).changes).toMatchObject([
      { reason: 'edited' },
    ]);
    expect(
      planWorld({ desired: [wanted(OLD)], live: [live('canary-else')], base, stateKey: 'k' }).changes,
    ).toMatchObject([{ reason: 'drift' }]);
  });

  it('where the service cannot show it, a secret that cannot be verified is never taken for changed', () => {
    const hidden = (token: string) => job('a', { payload: { token } }, { secrets: ['/payload/token'] });
    const base = [entryOf(hidden(OLD), {}, 'k')];
    const input = { desired: [hidden(CANARY)], live: [liveJob('a')], base };
    expect(planWorld(input).changes).toEqual([]);
    expect(planWorld({ ...input, stateKey: 'other' }).changes).toEqual([]);
    expect(planWorld({ ...input, stateKey: 'k' }).changes).toMatchObject([
      { action: 'update', reason: 'edited' },
    ]);
  });

  it('the digest tells two secrets apart under the key, and is the same for the same', () => {
    const digest = (token: string) => documentOf({ desired: [wanted(token)], stateKey: 'k' }).digest;
    expect(digest(CANARY)).toBe(digest(CANARY));
    expect(digest(CANARY)).not.toBe(digest(OLD));
  });
});
