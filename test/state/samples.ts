import type { Journal } from '../../src/core/journal.ts';
import type { HistoryRecord, LockClaim, TargetState } from '../../src/state/store.ts';
import { entryOf, job } from '../support/memory-world.ts';

export function stateWith(serial: number, change: Partial<TargetState> = {}): TargetState {
  return {
    formatVersion: '1',
    target: 'dev',
    lineage: 'l-1',
    instance: 'https://x client=a',
    serial,
    inventory: {
      'MemoryJob/a': entryOf(job('a', { url: 'u', schedules: { 'odd/key ~1': { every: 60 } } }), {
        'odd/key ~1': 's1',
      }),
      'MemoryJob/ä\u2028': entryOf(job('ä\u2028', { url: `é${serial}`, schedules: {} }), {}),
    },
    journal: null,
    ...change,
  };
}

export function journalOf(...names: string[]): Journal {
  const intents = names.map((name) => [
    `MemoryJob/${name}`,
    {
      action: 'create' as const,
      kind: 'MemoryJob',
      name,
      identity: name,
      before: { parts: [] },
      operations: [{ id: 'create', summary: `create ${name}`, status: 'pending' as const }],
    },
  ]);
  return {
    id: 'apply-1',
    startedAt: '2026-11-22T12:00:00.000Z',
    actor: 'ann@build-1',
    intents: Object.fromEntries(intents),
  };
}

export function recordOf(serial: number): HistoryRecord {
  return {
    id: `record-${serial}`,
    target: 'dev',
    lineage: 'l-1',
    serial,
    at: `2026-11-22T12:00:${String(serial).padStart(2, '0')}.000Z`,
    command: 'reconcile apply -t dev',
    actor: 'ann@build-1',
    commit: '0123456789abcdef0123456789abcdef01234567',
    summary: '1 created, 1 failed',
    outcomes: { succeeded: 1, failed: 1 },
    changes: [
      { address: 'MemoryJob/a', action: 'create', status: 'succeeded' },
      { address: 'MemoryJob/b', action: 'update', status: 'failed', code: 'HTTP_409' },
    ],
  };
}

export function claimOf(owner = 'ann'): LockClaim {
  return { owner, host: 'build-1', pid: 4711, command: 'reconcile apply', timeout: 0 };
}
