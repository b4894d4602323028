// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references look like that
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { type EmulatorSeed, startEmulator } from '../../src/emulator/index.ts';
import type { ImportDocument } from '../../src/report/index.ts';
import { noon, runCli } from '../cli/fake-io.ts';
import { projectFolder } from '../cli/project-folder.ts';

const reference = (name: string): string => ['$', `{secret:${name}}`].join('');

/** Imports everything and plans: the documents of both. The seed is the whole world; nothing in it changes. */
async function importAndPlan(seed: EmulatorSeed, provider: 'sap' | 'riversand') {
  const emulator = await startEmulator({ now: () => noon, seed });
  emulator.clock.freeze();
  const { tenantId, userId, userRoles, clientId, clientSecret } = emulator.riversand.credentials;
  const target =
    provider === 'sap'
      ? { provider, credentials: { serviceKey: reference('KEY') } }
      : {
          provider,
          url: emulator.riversand.url,
          credentials: { tenantId, userId, userRoles, clientId, clientSecret: reference('KEY') },
        };
  const folder = await projectFolder({
    'reconcile.yaml': JSON.stringify({
      apiVersion: 'reconcile/v1',
      kind: 'Config',
      manifests: ['jobs/**/*.yaml'],
      targets: { dev: target },
    }),
  });
  const key = provider === 'sap' ? JSON.stringify(emulator.credentials) : clientSecret;
  let secrets: Record<string, string> = {};
  const run = (...argv: string[]) => runCli(argv, { cwd: folder.path, env: { ...secrets, KEY: key } });
  try {
    const before = JSON.stringify(emulator.state());
    const imported = await run('import', '--adopt', '--yes', '-o', 'json');
    expect(imported.code, imported.err).toBe(0);
    const document = JSON.parse(imported.out) as ImportDocument;
    expect(document.leftOut).toEqual([]);
    expect(document.notAdopted).toEqual([]);
    // What was taken out of the manifests has to be set: here by the hand that wrote the seed.
    secrets = Object.fromEntries(document.secrets.map(({ name }) => [name, secretValue]));
    const planned = await run('plan', '--exit-code', '-o', 'json');
    expect(planned.code, planned.err + planned.out).toBe(0);
    expect(JSON.stringify(emulator.state())).toBe(before);
    const again = await run('import', '--adopt', '--yes', '-o', 'json');
    expect(JSON.parse(again.out)).toMatchObject({ manifests: [], adopted: [] });
    return document;
  } finally {
    await emulator.close();
    await folder.remove();
  }
}

const secretValue = 'correct horse battery staple';
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom(
    '',
    ' ',
    'daily',
    'yes',
    '18.40',
    '~',
    '${var:x}',
    '$${',
    'a: b #c',
    '- x',
    '\u0007',
    'line\nline',
    '2026-01-01',
  ),
);
const key = text.filter((name) => !(name in {}) && name !== '__proto__' && name !== '<<');
const value: fc.Arbitrary<Json> = fc.oneof(
  text,
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
  fc.array(text, { maxLength: 3 }),
);
const data = fc.oneof(
  fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true }),
  fc.constant({ password: secretValue, nested: { apiToken: secretValue } }),
) as fc.Arbitrary<JsonObject>;
const two = (number: number): string => String(number).padStart(2, '0');
const timing = fc.oneof(
  fc.record({
    cron: fc.constantFrom('* * * * 6 12 17', '* * * mon 1:5 */20 0', '* * -1 * 0 0 0', '* * * * * */1440 0'),
  }),
  fc.record({
    repeatInterval: fc.constantFrom('2 hours', '120 minutes', '1 weeks'),
    startTime: fc.constantFrom('2026-01-01T00:00:00Z', '2027-01-01 10:00:00'),
  }),
  fc.record({ repeatAt: fc.constantFrom('4.40pm', '18.40', '17.20:30') }),
  fc.integer({ min: 1, max: 28 }).map((day) => ({ time: `2027-02-${two(day)}T04:27:00Z` })),
  fc.integer({ min: 1, max: 28 }).map((day) => ({ time: `2026-02-${two(day)}T04:27:00Z`, active: false })),
);
const schedule = fc
  .tuple(timing, fc.record({ description: text, active: fc.boolean(), data }, { requiredKeys: ['active'] }))
  .map(([when, rest]) => ({ ...rest, ...when }));
const job = fc.record(
  {
    name: fc.oneof(
      fc.stringMatching(/^[a-zA-Z0-9_-]{0,11}[a-zA-Z_]$/),
      fc.constantFrom('a.b', 'a b', '..', 'x/y', 'X/Y', 'größe', ' lead'),
    ),
    description: text,
    action: fc.constantFrom('https://app.example.com/run', 'http://x.example.com', '/relative'),
    active: fc.boolean(),
    httpMethod: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
    endTime: fc.constantFrom('2030-01-01T00:00:00Z', '2020-01-01T00:00:00Z'),
    ansConfig: fc.constantFrom({ onSuccess: false, onError: true }, { onSuccess: true, onError: true }),
    calmConfig: fc.record({ enabled: fc.boolean() }),
    jobType: fc.constantFrom('HTTP_ENDPOINT', 'HTTP_ENDPOINT', 'CF_TASK'),
    schedules: fc.array(schedule, { maxLength: 4 }),
  },
  { requiredKeys: ['name', 'action', 'active', 'schedules'] },
);

describe('what is live is imported, adopted, and then the plan is empty', () => {
  test('random jobs of SAP', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(job, { minLength: 6, maxLength: 16, selector: ({ name }) => name }),
        async (jobs) => {
          const document = await importAndPlan({ jobs } as EmulatorSeed, 'sap');
          expect(JSON.stringify(document)).not.toContain(secretValue);
        },
      ),
      { numRuns: 4 },
    );
  });

  test('random schedules of Riversand', async () => {
    const id = fc.stringMatching(/^[a-z]{1,5}(_[a-z]{1,4})?$/);
    const batch = fc.record(
      {
        appId: id,
        jobDefId: id,
        recurrenceInterval: fc.constantFrom('PT1H', 'PT90M', 'P1D'),
        poolId: fc.constantFrom('rsbatch', 'other'),
        enabled: fc.boolean(),
        jobInputPayload: fc.constantFrom({}, { a: 1 }),
      },
      { requiredKeys: ['appId', 'jobDefId', 'recurrenceInterval'] },
    );
    const object = fc
      .record({
        id: fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9._/ -]{0,10}[a-z]$/),
        name: fc.constantFrom('A name', 'another'),
        minutes: fc.integer({ min: 1, max: 500 }),
        enabled: fc.boolean(),
        payload: data,
        token: fc.constantFrom(secretValue, undefined),
      })
      .map(({ id: own, name, minutes, enabled, payload, token }) =>
        scheduleObject(own, name, minutes, enabled, payload, token),
      );
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(batch, {
          minLength: 2,
          maxLength: 8,
          selector: ({ appId, jobDefId }) => `${appId}_${jobDefId}`,
        }),
        fc.uniqueArray(object, { minLength: 2, maxLength: 8, selector: (each) => each.id }),
        async (batchSchedules, scheduleObjects) => {
          const tenant = { tenantId: 'acme', batchSchedules, scheduleObjects };
          const seed = { riversand: { tenants: [tenant] } } as unknown as EmulatorSeed;
          const document = await importAndPlan(seed, 'riversand');
          expect(document.manifests).toHaveLength(batchSchedules.length + scheduleObjects.length);
          expect(JSON.stringify(document)).not.toContain(secretValue);
        },
      ),
      { numRuns: 4 },
    );
  });
});

function scheduleObject(
  id: string,
  name: string,
  minutes: number,
  enabled: boolean,
  payload: JsonObject,
  token: string | undefined,
) {
  const attribute = (text: string) => ({ values: [{ locale: 'en-US', source: 'internal', value: text }] });
  return {
    id,
    name,
    type: 'scheduleobject',
    properties: { enabled },
    data: {
      attributes: {
        scheduleType: attribute('fixedRate'),
        scheduleTaskName: attribute(id),
        scheduleTaskUrl: attribute('https://app.example.com/run'),
      },
      jsonData: {
        scheduleConfiguration: {
          intervalInMins: minutes,
          authContext: token === undefined ? {} : { 'x-rdp-authtoken': token },
        },
        scheduleTaskPayload: payload,
      },
    },
  };
}
