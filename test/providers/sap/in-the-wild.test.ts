import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/core/errors.ts';
import { isObject, type JsonObject } from '../../../src/core/json.ts';
import { kindOf, NOW } from './support.ts';

interface Definition {
  expect: 'valid' | 'invalid-or-wrong';
  job: { name: string; schedules: JsonObject[] } & JsonObject;
  note: string;
}

const { definitions } = JSON.parse(
  readFileSync(new URL('./fixtures/definitions.json', import.meta.url), 'utf8'),
) as { definitions: Definition[] };

/** The definition as somebody would write it as a manifest: what only the API has is left out, what is missing is added. */
function toSpec({ job }: Definition): JsonObject {
  const { name: _name, jobId: _id, jobType: _type, schedules, ...rest } = job;
  const entries = schedules.map((schedule, index) => {
    const { scheduleId: _scheduleId, type: _t, ...own } = schedule;
    return [`s${index}`, own] as const;
  });
  return { action: 'https://app.example.com/run', ...rest, schedules: Object.fromEntries(entries) };
}

function validate(definition: Definition): Finding[] {
  return kindOf('SapJob').validate('name', toSpec(definition), NOW);
}

/** What manifests leave out by design although the service would take it, each with its remedy. */
const byDesign = new Set(['TIME_RELATIVE', 'SAP_ACTION_NOT_ABSOLUTE', 'SAP_MODE_MISSING']);

describe('job definitions from the wild', () => {
  const valid = definitions.filter((definition) => definition.expect === 'valid');
  const wrong = definitions.filter((definition) => definition.expect !== 'valid');

  it.each(valid.map((definition) => [JSON.stringify(definition.job).slice(0, 90), definition] as const))(
    'valid: %s',
    (_text, definition) => {
      const errors = validate(definition).filter(({ severity }) => severity === 'error');
      expect(errors.filter(({ code }) => !byDesign.has(code))).toEqual([]);
      for (const error of errors) expect(error.remedy ?? error.expected).toBeDefined();

      const { parts } = kindOf('SapJob').normalize('name', toSpec(definition));
      expect(parts).toHaveLength(definition.job.schedules.length);
      for (const { spec, canonical } of parts) {
        const again = kindOf('SapJob').normalize('name', { schedules: { x: canonical } }).parts[0];
        expect(again?.canonical).toEqual(canonical);
        if (isObject(spec['startTime'])) expect(canonical['startTime']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
      }
    },
  );

  it.each(wrong.map((definition) => [definition.note, definition] as const))(
    'wrong: %s',
    (_note, definition) => {
      const errors = validate(definition).filter(({ severity }) => severity === 'error');
      expect(errors.length).toBeGreaterThan(0);
      expect(errors.every(({ pointer }) => pointer?.startsWith('/spec/schedules/s0'))).toBe(true);
    },
  );

  it('relative times are refused with the instant offered', () => {
    const relative = valid.flatMap(validate).filter(({ code }) => code === 'TIME_RELATIVE');
    expect(relative.length).toBeGreaterThan(10);
    for (const finding of relative) expect(finding.remedy).toMatch(/Write: \d{4}-\d\d-\d\dT/);
  });
});

describe('time expressions from the wild', () => {
  const { values } = JSON.parse(
    readFileSync(new URL('./fixtures/time-expressions.json', import.meta.url), 'utf8'),
  ) as { values: Record<string, string[]> };
  const findings = (schedule: JsonObject) =>
    kindOf('SapJob').validate('name', { schedules: { s: schedule } }, NOW);

  it.each(values['cron_valid'] ?? [])('cron %s is fine or warned about', (cron) => {
    expect(findings({ cron }).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it.each(values['cron_wrong_or_suspicious'] ?? [])('cron %s is refused or warned about', (cron) => {
    expect(findings({ cron })).not.toEqual([]);
  });

  it.each(values['repeatAt'] ?? [])('repeatAt %s is fine', (repeatAt) => {
    expect(findings({ repeatAt })).toEqual([]);
  });
});
