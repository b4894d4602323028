import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalJson, type Json, type JsonObject } from '../../../src/core/json.ts';
import { canonicalSchedule } from '../../../src/providers/sap/normalize.ts';
import { kindOf, part } from './support.ts';

const kind = kindOf('SapJob');

function whole(name: string, spec: JsonObject): JsonObject {
  const { spec: own, parts } = kind.normalize(name, spec);
  return {
    ...own,
    schedules: Object.fromEntries(
      parts.map((p) => [
        p.key,
        { ...p.spec, ...(p.movedFrom === undefined ? {} : { movedFrom: p.movedFrom }) },
      ]),
    ),
  };
}

function wholeCanonical(name: string, spec: JsonObject): JsonObject {
  const { canonical, parts } = kind.normalize(name, spec);
  return { ...canonical, schedules: Object.fromEntries(parts.map((p) => [p.key, p.canonical])) };
}

const date = fc.constantFrom<Json>(
  '2026-01-01T00:00:00Z',
  '2015-10-20 04:30:00',
  { date: '2020-07-22 00:00 +0000', format: 'YYYY-MM-DD HH:mm Z' },
  { date: '2030-W06-5' },
  'Sat, 05 Nov 1994 08:15:30 GMT',
  'nonsense',
  '',
  null,
  { $sealed: 'k:1' },
);
const schedule = fc.record(
  {
    description: fc.option(fc.string()),
    active: fc.constantFrom<Json>(true, false, 'true', 'false', null),
    data: fc.constantFrom<Json>(null, '', '{}', {}, '{"a":1}', { a: { $sealed: 'k:1' } }, 'x', 'null', {
      $sealed: 'x',
    }),
    startTime: date,
    endTime: date,
    cron: fc.constantFrom<Json>('* * * * 10 0 0', '* */3 10 * 9 0 0', '0 6 * * *', null, { $sealed: 'k:2' }),
    time: date,
    repeatInterval: fc.constantFrom<Json>('120 minutes', '2 hours', 'twenty minutes', null),
    repeatAt: fc.constantFrom<Json>('6.00am', '18.40', 'noon', null),
    crontab: fc.constantFrom<Json>('0 6 * * 1-5', '0 0 1 * 1', 'x'),
    movedFrom: fc.string(),
  },
  { requiredKeys: [] },
);
const spec = fc.record(
  {
    description: fc.option(fc.string()),
    action: fc.webUrl(),
    httpMethod: fc.constantFrom('GET', 'post', 'PUT'),
    active: fc.constantFrom<Json>(true, false, 'true'),
    startTime: date,
    endTime: date,
    ansConfig: fc.constantFrom<Json>(null, {}, { onError: true }),
    calmConfig: fc.constantFrom<Json>(null, {}, { enabled: true }),
    schedules: fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), schedule),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<JsonObject>;

describe('normalize', () => {
  it('is idempotent in both forms, whatever is written', () => {
    fc.assert(
      fc.property(spec, (written) => {
        const once = whole('job', written);
        expect(whole('job', once)).toEqual(once);
        const canonical = wholeCanonical('job', written);
        expect(equalJson(wholeCanonical('job', canonical), canonical)).toBe(true);
        expect(equalJson(wholeCanonical('job', once), canonical)).toBe(true);
      }),
    );
  });

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(spec, (written) => {
        const schedules = Object.entries((written['schedules'] ?? {}) as JsonObject).reverse();
        const turned = Object.fromEntries(
          Object.entries({ ...written, schedules: Object.fromEntries(schedules) }).reverse(),
        );
        const plain = { ...written, schedules: Object.fromEntries([...schedules].reverse()) };
        expect(kind.normalize('job', turned).parts).toEqual(kind.normalize('job', plain).parts);
        expect(equalJson(wholeCanonical('job', turned), wholeCanonical('job', plain))).toBe(true);
      }),
    );
  });

  it('fills the defaults and nothing else', () => {
    const {
      spec: own,
      canonical,
      parts,
    } = kind.normalize('job', {
      action: 'https://a.example/b',
      schedules: { daily: { cron: '* * * * 10 0 0' } },
    });

    expect(own).toEqual({ action: 'https://a.example/b', httpMethod: 'POST', active: true });
    expect(canonical).toEqual(own);
    expect(parts[0]?.spec).toEqual({ cron: '* * * * 10 0 0', description: 'daily', active: true });
  });

  it('sets the modes that are not used to null, so that a change of mode is a difference of fields', () => {
    expect(part('a', { repeatAt: '6.00am' }).canonical).toMatchObject({
      repeatAt: '06.00',
      cron: null,
      time: null,
      repeatInterval: null,
    });
  });

  it('writes a crontab as the cron of the service', () => {
    expect(part('a', { crontab: '30 6 * * 1-5' }).spec).toEqual({
      cron: '* * * mon:fri 6 30 0',
      description: 'a',
      active: true,
    });
  });

  it('keeps a crontab that cannot be translated, for validate to explain', () => {
    expect(part('a', { crontab: '0 0 1 * 1' }).spec).toMatchObject({ crontab: '0 0 1 * 1' });
  });

  it('reads where a renamed schedule comes from, and does not send it', () => {
    const moved = part('a', { cron: '* * * * 10 0 0', movedFrom: 'b' });
    expect([moved.movedFrom, moved.spec['movedFrom']]).toEqual(['b', undefined]);
  });

  it('an ansConfig that says nothing manages nothing', () => {
    expect(kind.normalize('job', { ansConfig: {}, calmConfig: null }).canonical).toEqual({
      httpMethod: 'POST',
      active: true,
    });
  });
});

describe('SEMANTICS 1: values are compared by meaning', () => {
  const same: [string, JsonObject, JsonObject][] = [
    ['intervals', { repeatInterval: '2 hours' }, { repeatInterval: '120 minutes' }],
    ['daily times', { repeatAt: '6.00am' }, { repeatAt: '6.00 AM' }],
    ['steps and lists of months', { cron: '* */3 10 * 9 0 0' }, { cron: '* 3,6,9,12 10 * 9 0 0' }],
    ['weekdays in capitals', { cron: '* * * MON,TUE 9 0 0' }, { cron: '* * * mon:tue 9 0 0' }],
    ['crontab and cron', { crontab: '0 6 * * *' }, { cron: '* * * * 6 0 0' }],
    [
      'dates with and without T',
      { startTime: '2015-10-20 04:30:00' },
      { startTime: '2015-10-20T04:30:00.000Z' },
    ],
    [
      'dates with a format',
      { startTime: { date: '2015-10-20 06:30 +0200', format: 'YYYY-MM-DD HH:mm Z' } },
      { startTime: '2015-10-20T04:30:00Z' },
    ],
    ['week dates', { endTime: { date: '2030-W06-5' } }, { endTime: '2030-02-08T00:00:00Z' }],
    ['RFC 2822', { time: 'Sat, 05 Nov 1994 08:15:30 GMT' }, { time: '1994-11-05T08:15:30Z' }],
    ['data as text and as object', { data: '{"b":[1],"a":null}' }, { data: { a: null, b: [1] } }],
    ['no data in any shape', { data: '' }, { data: {} }],
    ['no data and null', { data: null }, { data: '{}' }],
    ['null and nothing', { startTime: null }, {}],
    ['a switch as text', { active: 'false' }, { active: false }],
  ];
  it.each(same)('%s', (_what, a, b) => {
    expect(
      equalJson(withNulls(canonicalSchedule(prepared(a))), withNulls(canonicalSchedule(prepared(b)))),
    ).toBe(true);
  });

  const different: [string, JsonObject, JsonObject][] = [
    ['other intervals', { repeatInterval: '2 hours' }, { repeatInterval: '121 minutes' }],
    ['morning and evening', { repeatAt: '6.00am' }, { repeatAt: '6.00pm' }],
    ['other instants', { startTime: '2015-10-20 04:30:00' }, { startTime: '2015-10-20T04:30:01Z' }],
    ['numbers and texts in data', { data: { a: 1 } }, { data: { a: '1' } }],
  ];
  it.each(different)('%s stay different', (_what, a, b) => {
    expect(equalJson(canonicalSchedule(prepared(a)), canonicalSchedule(prepared(b)))).toBe(false);
  });

  function prepared(schedule: JsonObject): JsonObject {
    return part('k', schedule).spec;
  }

  function withNulls(schedule: JsonObject): JsonObject {
    return { data: null, startTime: null, endTime: null, time: null, ...schedule };
  }
});

describe('normalize of the other kinds', () => {
  it('a task has only schedules', () => {
    const { spec: own, parts } = kindOf('SapTask').normalize('t', {
      schedules: { a: { repeatAt: '18.40' } },
    });
    expect([own, parts.length]).toEqual([{}, 1]);
  });

  it('settings are seconds, however the service spells them', () => {
    const settings = kindOf('SapSettings');
    expect(settings.normalize('s', { asyncExecTimeout: '600' }).canonical).toEqual({ asyncExecTimeout: 600 });
    expect(settings.identity('any', {})).toBe(settings.identity('other', {}));
  });
});
