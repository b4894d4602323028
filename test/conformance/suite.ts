import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Resource } from '../../src/core/resource.ts';
import { type Service, type Subject, type Target, targetOf } from './world.ts';

const MOST_REQUESTS = 8;

/** What every provider has to hold to. A new one needs a Subject, and nothing else. */
export function conformance(subject: Subject): void {
  describe(`${subject.name} conforms`, () => {
    let service: Service;
    let target: Target;
    beforeEach(async () => {
      service = await subject.start();
      target = targetOf(subject, service);
    });
    afterEach(() => service.close());

    /** What stays when `a` goes; nothing where there is no second object. */
    const others = (): Resource[] => (subject.single ? [] : [target.resource('b')]);
    /** So that a set may be empty where there is no second object. */
    const alone = subject.single ? { allowEmpty: true } : {};

    async function inStep(resources: readonly Resource[]): Promise<void> {
      const plan = await target.plan(resources, { ...alone, prune: true });
      expect(plan.changes.map((change) => `${change.action} ${change.address}`)).toEqual([]);
      expect(plan.drift).toEqual([]);
    }

    it('apply then plan is empty, and the next apply writes nothing', async () => {
      const wanted = [target.resource('a'), ...others()];
      const outcome = await target.apply(wanted);
      expect(outcome.outcomes.map(({ status, error }) => ({ status, error }))).toEqual(
        wanted.map(() => ({ status: 'succeeded' })),
      );
      await inStep(wanted);
      service.writes();
      await target.apply(wanted);
      expect(service.writes()).toBe(0);
    });

    it('an edit becomes live, and nothing else moves', async () => {
      await target.apply([target.resource('a'), ...others()]);
      const other = await service.look('b');
      const edited = [target.resource('a', 'two'), ...others()];
      const plan = await target.plan(edited);
      expect(plan.changes).toMatchObject([{ address: `${subject.kind}/a`, reason: 'edited' }]);
      await target.apply(edited);
      await inStep(edited);
      expect(await service.look('b')).toEqual(other);
    });

    it('drift is seen and put right', async () => {
      const wanted = [target.resource('a')];
      await target.apply(wanted);
      await service.changeByHand('a', subject);
      const plan = await target.plan(wanted);
      expect(plan.drift.map((drift) => drift.address)).toContain(`${subject.kind}/a`);
      await target.apply(wanted);
      await inStep(wanted);
    });

    if (subject.preExisting === undefined) {
      it('what is missing is created again', async () => {
        const wanted = [target.resource('a')];
        expect((await target.plan(wanted)).changes).toMatchObject([{ action: 'create', reason: 'new' }]);
        await target.apply(wanted);
        await inStep(wanted);
      });
    } else if (!subject.single) {
      it('creation does not apply: a missing object is an error, and nothing is written', async () => {
        const plan = await target.plan([target.resource('nowhere')]);
        expect(plan.changes.map((change) => change.blocked?.code)).toEqual(['PARENT_MISSING']);
        await expect(target.apply([target.resource('nowhere')])).rejects.toMatchObject({ code: 'REFUSED' });
        expect(service.writes()).toBe(0);
      });
    } else {
      it('creation does not apply: the one object is always there, and is updated', async () => {
        const plan = await target.plan([target.resource('a')]);
        expect(plan.changes.map(({ action }) => action)).toEqual(['update']);
      });
    }

    if (subject.single) {
      it('foreign objects do not apply: without a manifest the one object is left as it is', async () => {
        const before = await service.look('a');
        await target.apply([], { ...alone, prune: true });
        expect(service.writes()).toBe(0);
        expect(await service.look('a')).toEqual(before);
      });
    } else {
      it('what is not ours is never touched, not even by pruning', async () => {
        await service.addForeign('theirs');
        const before = await service.look('theirs');
        await target.apply([target.resource('a'), target.resource('b')], { prune: true });
        await target.apply([target.resource('b')], { prune: true, maxDeletes: { percent: 100, count: 9 } });
        expect(await service.look('theirs')).toEqual(before);
      });
    }

    if (subject.preExisting === 'fields') {
      it('adoption does not apply: a field is ours as soon as a manifest names it, and equal ones cost no write', async () => {
        await service.addForeign('a');
        service.writes();
        await target.apply([target.resource('a')]);
        expect(service.writes()).toBe(0);
        await inStep([target.resource('a')]);
      });
    } else {
      it('an object of somebody else with our name is refused, or adopted without a write', async () => {
        await service.addForeign('a');
        service.writes();
        await expect(target.apply([target.resource('a')])).rejects.toMatchObject({ code: 'REFUSED' });
        expect(service.writes()).toBe(0);
        await target.apply([target.resource('a')], { adopt: 'equal' });
        expect(service.writes()).toBe(0);
        await inStep([target.resource('a')]);
      });
    }

    it('removal takes away or releases, once', async () => {
      const both = [target.resource('a'), ...others()];
      await target.apply(both);
      expect((await target.plan(others(), alone)).document.diagnostics).toMatchObject([
        { code: 'PRUNE_OFF' },
      ]);
      const live = await service.look('a');
      await target.apply(others(), { ...alone, prune: true });
      if (subject.removal === 'gone') expect(await service.look('a')).toBeUndefined();
      if (subject.preExisting !== undefined) expect(await service.look('a'), 'let go as it is').toEqual(live);
      await inStep(others());
      await target.apply(both);
      await inStep(both);
      expect(await service.count('a')).toBe(1);
    });

    it.each(['keep', 'deactivate'] as const)(
      'onRemove: %s releases, and a returning manifest takes the object back',
      async (onRemove) => {
        const both = [target.resource('a', 'one', { onRemove }), ...others()];
        await target.apply(both);
        await target.apply(others(), { ...alone, prune: true });
        expect(await service.look('a')).toBeDefined();
        await inStep(others());
        await target.apply(both);
        await inStep(both);
        expect(await service.count('a')).toBe(1);
      },
    );

    it('protect survives the manifest', async () => {
      await target.apply([target.resource('a', 'one', { protect: true }), ...others()]);
      const plan = await target.plan(others(), { ...alone, prune: true });
      const blocked = plan.changes.map((change) => change.blocked?.code);
      // Switching off loses nothing: only a delete is held back.
      expect(blocked).toEqual(subject.removal === 'gone' ? ['PROTECTED'] : [undefined]);
    });

    it('ignored pointers are left to others, in the comparison and in writes', async () => {
      const wanted = [target.resource('a', 'one', { ignore: subject.ignore ?? [subject.changed] })];
      await target.apply(wanted);
      await service.changeByHand('a', subject);
      const changed = await service.look('a');
      await inStep(wanted);
      await target.apply(wanted);
      expect(await service.look('a')).toEqual(changed);
    });

    it('a reader cannot write, and a session for reading has no way to', async () => {
      const session = await service.provider.open(service.connection, 'read', service.surroundings);
      expect(session.execute).toBeUndefined();
      service.writes();
      await expect(session.reader.read(subject.write)).rejects.toMatchObject({ code: 'READER_REFUSED' });
      expect(service.writes()).toBe(0);
      await session.close();
    });

    it('plan never writes', async () => {
      await target.apply([target.resource('a'), ...others()]);
      service.writes();
      await target.plan([target.resource('a', 'two'), ...(subject.single ? [] : [target.resource('c')])], {
        prune: true,
        adopt: 'always',
      });
      expect(service.writes()).toBe(0);
    });

    describe('observe is complete or fails', () => {
      for (const fault of subject.faults) {
        it(`reads that meet: ${fault}`, async () => {
          const wanted = [target.resource('a'), ...others()];
          await target.apply(wanted);
          for (let nth = 1; nth <= MOST_REQUESTS; nth++) {
            service.fault('read', fault, nth);
            const plan = await target.plan(wanted, { prune: true }).catch(() => undefined);
            const struck = service.heal();
            expect(plan?.changes ?? []).toEqual([]);
            if (!struck) break;
          }
        });
      }
    });

    describe('a write that meets a fault', () => {
      for (const fault of subject.faults) {
        it(`${fault}: the next apply converges, nothing lost, nothing doubled`, async () => {
          for (let nth = 1; nth <= MOST_REQUESTS; nth++) {
            const fresh = await subject.start();
            const here = targetOf(subject, fresh);
            try {
              if (!subject.single) await fresh.addForeign('theirs');
              const theirs = await fresh.look('theirs');
              await here.apply([here.resource('a'), ...(subject.single ? [] : [here.resource('b')])]);
              fresh.fault('write', fault, nth);
              const wanted = [here.resource('a', 'two'), ...(subject.single ? [] : [here.resource('c')])];
              const policy = { prune: true, maxDeletes: { percent: 100, count: 9 } };
              await here.apply(wanted, policy);
              const struck = fresh.heal();
              await here.apply(wanted, policy);
              expect((await here.plan(wanted, policy)).changes).toEqual([]);
              expect(await fresh.count('a')).toBe(1);
              if (!subject.single) expect(await fresh.count('c')).toBe(1);
              expect(await fresh.look('theirs')).toEqual(theirs);
              if (nth === 1) expect(struck).toBe(true);
              if (!struck) return;
            } finally {
              await fresh.close();
            }
          }
        });
      }
    });
  });
}
