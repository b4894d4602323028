import { describe, expect, it } from 'vitest';
import type { Block } from '../../src/core/change.ts';
import { liveJob, livePart } from '../support/memory-kind.ts';
import { entryOf, job, planWorld, type WorldInput } from '../support/memory-world.ts';

const many = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => `job${index + from}`);

/** Every refusal of a plan: its code, and what would allow it. */
function refusalsOf(input: WorldInput): { code: string; override: string | undefined }[] {
  const plan = planWorld(input);
  const blocks = plan.changes.flatMap((change) => [
    change.blocked,
    ...change.parts.map((part) => part.blocked),
  ]);
  return [
    ...plan.refusals.map(({ code, remedy }) => ({ code, override: remedy })),
    ...blocks.filter((block): block is Block => block !== undefined),
  ].map(({ code, override }) => ({ code, override }));
}

const codesOf = (input: WorldInput): string[] =>
  [...new Set(refusalsOf(input).map(({ code }) => code))].sort();

describe('SEMANTICS 8, gate 2: the set is not empty', () => {
  const empty = { live: [liveJob('a')], base: [entryOf(job('a'))] };

  it('refuses, with pruning or without', () => {
    expect(codesOf({ ...empty, policy: { prune: true, allowDeleteAll: true } })).toEqual(['EMPTY_SET']);
    expect(codesOf(empty)).toEqual(['EMPTY_SET']);
  });

  it('names policy.allowEmpty, and that allows it', () => {
    expect(refusalsOf(empty)[0]?.override).toContain('policy.allowEmpty: true');
    expect(codesOf({ ...empty, policy: { allowEmpty: true } })).toEqual([]);
  });

  it('a target that only remembers tombstones owns nothing', () => {
    const released = { at: '2026-01-01T00:00:00Z', how: 'keep' as const };
    expect(codesOf({ live: [liveJob('a')], base: [{ ...entryOf(job('a')), released }] })).toEqual([]);
  });
});

describe('SEMANTICS 8, gate 4: ownership', () => {
  it('a live object that is not ours is refused, and each level of policy.adopt allows what it says', () => {
    const equal = { desired: [job('a')], live: [liveJob('a')] };
    const other = {
      desired: [job('a', { description: 'mine' })],
      live: [liveJob('a', { description: 'theirs' })],
    };
    expect(refusalsOf(equal)).toMatchObject([
      { code: 'UNOWNED', override: expect.stringContaining('policy.adopt') },
    ]);
    expect(codesOf({ ...equal, policy: { adopt: 'equal' } })).toEqual([]);
    expect(codesOf({ ...other, policy: { adopt: 'equal' } })).toEqual(['UNOWNED']);
    expect(codesOf({ ...other, policy: { adopt: 'always' } })).toEqual([]);
  });

  it('schedules of others block the deletion of the job around them; lifecycle.exclusive allows it', () => {
    const gone = (exclusive: boolean) => ({
      desired: [job('b')],
      live: [liveJob('a', {}, [livePart('stranger', { every: 60 })]), liveJob('b')],
      base: [entryOf(job('a', {}, { lifecycle: { exclusive } })), entryOf(job('b'))],
      policy: { prune: true },
    });
    expect(refusalsOf(gone(false))).toMatchObject([
      { code: 'UNOWNED_PARTS', override: expect.stringContaining('lifecycle.exclusive: true') },
    ]);
    expect(codesOf(gone(true))).toEqual([]);
  });
});

describe('SEMANTICS 8, gate 5: protection and limits', () => {
  const removed = (protect: boolean) => ({
    desired: [job('b')],
    live: [liveJob('a'), liveJob('b')],
    base: [entryOf(job('a', {}, { lifecycle: { protect } })), entryOf(job('b'))],
    policy: { prune: true },
  });

  it('protection outlives the manifest, and the refusal names the command that lifts it', () => {
    const [refusal] = refusalsOf(removed(true));
    expect(refusal).toMatchObject({ code: 'PROTECTED' });
    expect(refusal?.override).toContain('reconcile unprotect ');
    expect(codesOf(removed(false))).toEqual([]);
  });

  it('a protected resource keeps its schedules, too; there the manifest decides', () => {
    const schedules = { x: { every: 60 } };
    const [refusal] = refusalsOf({
      desired: [job('a', {}, { lifecycle: { protect: true } })],
      live: [liveJob('a', {}, [livePart('s1', { description: 'x', every: 60 })])],
      base: [entryOf(job('a', { schedules }, { lifecycle: { protect: true } }), { x: 's1' })],
      policy: { prune: true },
    });
    expect(refusal).toEqual({ code: 'PROTECTED', override: 'lifecycle.protect: false in its manifest' });
  });

  it('without pruning nothing is deleted, so that there is nothing to refuse', () => {
    expect(codesOf({ ...removed(true), policy: { prune: false } })).toEqual([]);
  });
});

describe('SEMANTICS 8: all refusals at once, each with its override', () => {
  it('one plan, four reasons', () => {
    const owned = many(12);
    const all = refusalsOf({
      desired: [job('new'), job('taken', { description: 'mine' })],
      live: [
        ...owned.map((name) => liveJob(name)),
        liveJob('taken', { description: 'theirs' }),
        liveJob('shared', {}, [livePart('stranger', { every: 60 })]),
        liveJob('precious'),
      ],
      base: [
        ...owned.map((name) => entryOf(job(name))),
        entryOf(job('shared')),
        entryOf(job('precious', {}, { lifecycle: { protect: true } })),
      ],
      policy: { prune: true },
    });
    expect([...new Set(all.map(({ code }) => code))].sort()).toEqual([
      'DELETE_ALL',
      'PROTECTED',
      'UNOWNED',
      'UNOWNED_PARTS',
    ]);
    expect(all.every(({ override }) => override !== undefined && override !== '')).toBe(true);
  });

  it('what is refused has no operation left that could be carried out', () => {
    const plan = planWorld({
      desired: [job('new')],
      live: many(12).map((name) => liveJob(name)),
      base: many(12).map((name) => entryOf(job(name))),
      policy: { prune: true },
    });
    const blocked = plan.changes.filter((change) => change.blocked !== undefined);
    expect(blocked).toHaveLength(12);
    expect(blocked.flatMap((change) => change.operations)).toEqual([]);
  });
});
