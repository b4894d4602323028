import type { PlanChange, PlanDocument, PlanTarget } from '../../src/core/plan-document.ts';

/** A plan with one of everything, for the renderers. */
export function samplePlan(overrides: Partial<PlanTarget> = {}): PlanDocument {
  return {
    formatVersion: '1',
    tool: { name: 'reconcile-jobs', version: '0.1.0' },
    createdAt: '2026-11-22T10:00:00.000Z',
    source: { commit: '4f197f6' },
    targets: [{ ...sampleTarget, ...overrides }],
  };
}

export function sampleChange(overrides: Partial<PlanChange> = {}): PlanChange {
  return {
    address: 'SapJob/sample',
    action: 'update',
    reason: 'edited',
    patch: [],
    fields: [],
    parts: [],
    operations: [],
    warnings: [],
    ...overrides,
  };
}

export const noImpact = {
  before: [],
  after: [],
  missed: [],
  extra: [],
  immediate: false,
  runLogsLost: false,
};

const sampleTarget: PlanTarget = {
  name: 'dev',
  provider: 'sap',
  url: 'https://jobscheduler-rest.example.com',
  lineage: '5a022d6e',
  requests: 12,
  summary: {
    create: 1,
    update: 2,
    replace: 0,
    delete: 1,
    deactivate: 0,
    adopt: 1,
    forget: 0,
    noop: 7,
    drifted: 1,
    conflicts: 1,
    unmanaged: 3,
    blocked: 0,
  },
  changes: [
    sampleChange({
      address: 'SapJob/oldReport',
      action: 'delete',
      reason: 'removed',
      patch: [{ op: 'remove', path: '' }],
      parts: [
        {
          path: '/schedules/weekly',
          action: 'delete',
          reason: 'removed',
          impact: { ...noImpact, before: ['2026-11-27T12:00:00Z'], runLogsLost: 15 },
        },
      ],
      operations: [
        {
          id: 'SapJob/oldReport:delete',
          summary: 'delete the job with its schedules and run logs',
          method: 'DELETE',
          path: '/scheduler/jobs/7',
          after: [],
          destructive: true,
        },
      ],
    }),
    sampleChange({
      address: 'SapJob/reportSales',
      action: 'create',
      reason: 'new',
      desired: {
        description: 'Sales figures by region',
        action: 'https://shop.example.com/reports/sales',
        httpMethod: 'POST',
        active: true,
        startTime: null,
        schedules: {
          'every working day': {
            description: 'every working day',
            active: true,
            cron: '* * * mon:fri 6 12 17',
            data: { period: 'day', token: { $sealed: 'k:1' } },
          },
        },
      },
      parts: [
        {
          path: '/schedules/every working day',
          action: 'create',
          reason: 'new',
          impact: {
            ...noImpact,
            after: ['2026-11-23T06:12:17Z', '2026-11-24T06:12:17Z', '2026-11-25T06:12:17Z'],
          },
        },
      ],
    }),
    sampleChange({
      address: 'SapJob/cleanup',
      action: 'update',
      reason: 'edited',
      fields: [
        {
          path: '/description',
          reason: 'edited',
          healed: true,
          live: 'Old text',
          desired: 'New text',
          base: 'Old text',
        },
        { path: '/active', reason: 'drift', healed: false, live: false, desired: true, base: true },
        {
          path: '/httpMethod',
          reason: 'conflict',
          healed: true,
          live: 'PUT',
          desired: 'DELETE',
          base: 'POST',
        },
        {
          path: '/schedules/nightly/data',
          reason: 'drift',
          healed: true,
          live: { olderThanDays: 1, tables: ['sessions', 'tokens', 'carts'], limit: 100 },
          desired: { olderThanDays: 7, tables: ['sessions', 'tokens', 'carts'], limit: 100 },
          base: { olderThanDays: 7, tables: ['sessions', 'tokens', 'carts'], limit: 100 },
        },
      ],
      parts: [
        {
          path: '/schedules/gone',
          action: 'delete',
          reason: 'removed',
          impact: { ...noImpact, runLogsLost: true },
        },
        {
          path: '/schedules/nightly',
          action: 'update',
          reason: 'drift',
          impact: {
            ...noImpact,
            before: ['2026-11-23T02:00:00Z', '2026-11-23T03:00:00Z'],
            after: ['2026-11-23T03:00:00Z'],
            missed: ['2026-11-23T02:00:00Z'],
            extra: ['2026-11-22T23:00:00Z'],
            immediate: true,
          },
          warnings: ['It also runs at midnight UTC, as everybody else.'],
        },
        {
          path: '/schedules/hourly',
          action: 'replace',
          reason: 'edited',
          impact: { ...noImpact, before: ['2026-11-22T11:00:00Z'] },
        },
      ],
      operations: [
        {
          id: 'a',
          summary: 'update the job',
          method: 'PUT',
          path: '/scheduler/jobs/3',
          after: [],
          destructive: false,
        },
        {
          id: 'b',
          summary: 'create schedule "hourly" inactive',
          method: 'POST',
          path: '/scheduler/jobs/3/schedules',
          after: ['a'],
          destructive: false,
          lateBound: ['startTime'],
        },
      ],
    }),
    sampleChange({ address: 'SapJob/metering', action: 'adopt', reason: 'unowned' }),
  ],
  diagnostics: [
    {
      code: 'UNOWNED_PART',
      severity: 'warning',
      message: 'a schedule that is not ours (cb5c9def) was found on the job',
      address: 'SapJob/cleanup',
      remedy: 'Add it to the manifest, or leave it.',
    },
    { code: 'PRUNE_OFF', severity: 'info', message: 'SapJob/older stays', address: 'SapJob/older' },
  ],
  digest: 'd'.repeat(64),
};
