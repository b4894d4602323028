import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { Resource } from '../../src/core/resource.ts';
import { liveJob, livePart } from '../support/memory-kind.ts';
import { entryOf, job, planWorld } from '../support/memory-world.ts';

const why = 'nobody would write it so';

function asFound(name: string, spec: JsonObject, ...pointers: string[]): Resource {
  return { ...job(name, spec), asFound: pointers.map((pointer) => ({ pointer, why })) };
}

function blocks(input: Parameters<typeof planWorld>[0]): string[] {
  return planWorld(input).changes.flatMap(({ blocked, parts }) =>
    [blocked, ...parts.map((part) => part.blocked)].flatMap((block) => block?.code ?? []),
  );
}

describe('a value that stands only because the service has it', () => {
  const spec = { url: 'odd', schedules: { daily: { every: 60 } } };
  const live = (url: string, every: number) =>
    liveJob('a', { url }, [livePart('p1', { description: 'daily', every })]);
  const base = () => [entryOf(job('a', spec), { daily: 'p1' })];

  test('is no difference as long as live and manifest agree', () => {
    const desired = [asFound('a', spec, '/url', '/schedules/daily/every')];
    expect(planWorld({ desired, live: [live('odd', 60)], base: base() }).changes).toEqual([]);
  });

  test('is adopted, owned by nobody and equal', () => {
    const desired = [asFound('a', spec, '/url')];
    expect(blocks({ desired, live: [live('odd', 60)], policy: { adopt: 'equal' } })).toEqual([]);
  });

  test('is not put back when somebody changed it', () => {
    const desired = [asFound('a', spec, '/url', '/schedules/daily/every')];
    expect(blocks({ desired, live: [live('other', 60)], base: base() })).toEqual(['NOT_AS_FOUND']);
    expect(blocks({ desired, live: [live('odd', 61)], base: base() })).toEqual(['NOT_AS_FOUND']);
  });

  test('is not created again with its object, and not with its part', () => {
    expect(blocks({ desired: [asFound('a', spec, '/url')], base: base() })).toEqual(['NOT_AS_FOUND']);
    const name = asFound('a', spec, '/metadata/name');
    expect(blocks({ desired: [name] })).toEqual(['NOT_AS_FOUND']);
    const part = asFound('a', spec, '/schedules/daily/every');
    expect(blocks({ desired: [part], live: [liveJob('a', { url: 'odd' })], base: base() })).toEqual([
      'NOT_AS_FOUND',
    ]);
  });

  test('does not hinder a change of another field, nor of another part', () => {
    const edited = {
      ...spec,
      description: 'new',
      schedules: { daily: { every: 60, data: { a: 1 } }, more: { every: 5 } },
    };
    const desired = [asFound('a', edited, '/url', '/schedules/daily/every')];
    const { changes } = planWorld({ desired, live: [live('odd', 60)], base: base() });
    expect(blocks({ desired, live: [live('odd', 60)], base: base() })).toEqual([]);
    expect(changes[0]?.operations.length).toBeGreaterThan(1);
  });

  test('says what is wrong with it', () => {
    const { changes } = planWorld({ desired: [asFound('a', spec, '/url')] });
    expect(changes[0]?.blocked?.message).toContain(why);
    expect(changes[0]?.operations).toEqual([]);
  });
});
