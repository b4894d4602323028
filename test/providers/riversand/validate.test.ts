import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { kindOf, START } from './support.ts';

const good: JsonObject = { appId: 'data_load', jobDefId: 'nightly', recurrenceInterval: 'PT1H' };

function batchFindings(spec: JsonObject) {
  return kindOf('RiversandBatchJob').validate('a', { ...good, ...spec }, START);
}

function objectFindings(spec: JsonObject, name = 'orders') {
  const whole = { intervalInMins: 5, taskUrl: 'https://app.example.com', ...spec };
  return kindOf('RiversandSchedule').validate(name, whole, START);
}

describe('a batch schedule', () => {
  it.each<[string, JsonObject]>([
    ['as it should be', {}],
    [
      'with everything',
      { startAt: '2026-01-01T06:00:00+01:00', startMargin: 'PT5M', poolId: 'x', enabled: false },
    ],
    ['with the shortest interval', { recurrenceInterval: 'PT1M' }],
    ['with names that hold _', { appId: '_my_app_', jobDefId: 'a.b-c_1' }],
  ])('%s has no findings', (_what, spec) => {
    expect(batchFindings(spec)).toEqual([]);
  });

  it.each<[string, string, Json, string]>([
    ['under a minute', 'recurrenceInterval', 'PT59S', 'RIVERSAND_INTERVAL_SHORT'],
    ['of nothing', 'recurrenceInterval', 'P0D', 'TIME_DURATION_ZERO'],
    ['of months', 'recurrenceInterval', 'P1M', 'TIME_DURATION_CALENDAR'],
    ['of years', 'recurrenceInterval', 'P1Y', 'TIME_DURATION_CALENDAR'],
    ['with a fraction', 'recurrenceInterval', 'PT1.5H', 'TIME_DURATION_FRACTION'],
    ['in words', 'recurrenceInterval', '1 hour', 'TIME_DURATION_UNREADABLE'],
    ['a start without a zone', 'startAt', '2026-01-01T06:00:00', 'RIVERSAND_START_NO_ZONE'],
    ['a start without a time', 'startAt', '2026-01-01', 'RIVERSAND_START_NO_ZONE'],
    ['a start in RFC 2822', 'startAt', 'Thu, 01 Jan 2026 06:00:00 +0000', 'RIVERSAND_START_NOT_ISO'],
    ['a relative start', 'startAt', 'in 2 hours', 'TIME_RELATIVE'],
    ['an app with a space', 'appId', 'data load', 'RIVERSAND_ID_UNSAFE'],
    ['a job with a slash', 'jobDefId', 'a/b', 'RIVERSAND_ID_UNSAFE'],
    ['a job with an umlaut', 'jobDefId', 'nächtlich', 'RIVERSAND_ID_UNSAFE'],
    ['all apps', 'appId', '_ALL', 'RIVERSAND_ID_RESERVED'],
    ['all jobs', 'jobDefId', '_ALL', 'RIVERSAND_ID_RESERVED'],
    ['a margin that cannot be read', 'startMargin', 'soon', 'TIME_DURATION_UNREADABLE'],
  ])('%s is an error with place, expectation and remedy', (_what, field, value, code) => {
    const [finding, ...more] = batchFindings({ [field]: value });
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ code, severity: 'error', pointer: `/spec/${field}` });
    expect(finding?.expected).toEqual(expect.any(String));
    if (!code.startsWith('TIME_')) expect(finding?.remedy).toEqual(expect.any(String));
  });

  it('offers the instant that a start without a zone would be in UTC', () => {
    expect(batchFindings({ startAt: '2026-01-01T06:00' })[0]?.remedy).toContain('2026-01-01T06:00:00Z');
  });

  it('a margin as long as the interval is a warning', () => {
    expect(batchFindings({ startMargin: 'PT1H' })).toMatchObject([
      { code: 'RIVERSAND_MARGIN_LONG', severity: 'warning' },
    ]);
  });

  it('judges nothing that is not there or not a text', () => {
    expect(kindOf('RiversandBatchJob').validate('a', { appId: 5, startAt: null }, START)).toEqual([]);
  });
});

describe('a schedule object', () => {
  it.each<[string, JsonObject]>([
    ['as it should be', {}],
    ['with times', { startTime: '05:30 AM', stopTime: '2026-01-31 05:30 PM' }],
    ['with no times', { startTime: null, stopTime: null }],
    ['with the longest name', { displayName: 'x'.repeat(256) }],
  ])('%s has no findings', (_what, spec) => {
    expect(objectFindings(spec)).toEqual([]);
  });

  it.each<[string, JsonObject, string, string]>([
    ['a name of 257', { displayName: 'x'.repeat(257) }, 'RIVERSAND_NAME_LONG', '/spec/displayName'],
    ['an interval of 0', { intervalInMins: 0 }, 'RIVERSAND_INTERVAL_SHORT', '/spec/intervalInMins'],
    ['half a minute', { intervalInMins: 0.5 }, 'RIVERSAND_INTERVAL_SHORT', '/spec/intervalInMins'],
    [
      'a start in ISO with a zone',
      { startTime: '2026-01-31T05:30:00Z' },
      'TIME_RIVERSAND_UNREADABLE',
      '/spec/startTime',
    ],
    ['a stop without a date', { stopTime: '05:30 PM' }, 'TIME_RIVERSAND_UNREADABLE', '/spec/stopTime'],
    [
      'a stop before the start',
      { startTime: '2026-01-31T05:30', stopTime: '2026-01-31 05:30 AM' },
      'RIVERSAND_STOP_BEFORE_START',
      '/spec/stopTime',
    ],
  ])('%s is an error', (_what, spec, code, pointer) => {
    expect(objectFindings(spec)).toMatchObject([{ code, severity: 'error', pointer }]);
  });

  it.each([' orders', 'a\u0000b', 'x'.repeat(257)])('a name that cannot be an id is an error', (name) => {
    expect(objectFindings({}, name)).toMatchObject([{ severity: 'error', pointer: '/metadata/name' }]);
  });
});
