import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { PassRecord, TargetStatus } from '../status.ts';
import type { Watch } from '../watch.ts';

/** All metrics of the daemon; names and labels are documented in docs/watch.md and stay as they are. */
export interface Metrics {
  /** In the format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
  event(target: string, type: string): void;
  /** A request that was turned away: a wrong token, a forged hook, too large a body. */
  rejected(reason: string): void;
}

const conditions: readonly TargetStatus['condition'][] = [
  'unknown',
  'inStep',
  'differs',
  'refused',
  'failed',
];

/** Places of findings per target that become series: one broken folder must not flood a database. */
const MOST_PLACES = 20;

export function createMetrics(watch: Watch, version: string): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const labelNames = ['target'] as const;
  const registers = [registry];
  new Gauge({
    name: 'reconcile_info',
    help: 'Always 1; the version is a label.',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1);
  const passes = new Counter({
    name: 'reconcile_passes_total',
    help: 'Passes that ended, by result.',
    labelNames: ['target', 'result'],
    registers,
  });
  const duration = new Histogram({
    name: 'reconcile_pass_duration_seconds',
    help: 'How long passes took.',
    labelNames,
    buckets: [0.1, 0.3, 1, 3, 10, 30, 100, 300],
    registers,
  });
  const requests = new Counter({
    name: 'reconcile_service_requests_total',
    help: 'Requests sent to the service.',
    labelNames,
    registers,
  });
  const writes = new Counter({
    name: 'reconcile_service_writes_total',
    help: 'Writes sent to the service.',
    labelNames,
    registers,
  });
  const events = new Counter({
    name: 'reconcile_events_total',
    help: 'What happened, by type.',
    labelNames: ['target', 'type'],
    registers,
  });
  const rejected = new Counter({
    name: 'reconcile_http_rejected_total',
    help: 'Requests to the daemon that were turned away.',
    labelNames: ['reason'],
    registers,
  });
  const gauge = (name: string, help: string, value: (status: TargetStatus) => number): void => {
    const made: Gauge = new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        made.reset();
        for (const { status } of watch.targets.values()) made.set({ target: status.name }, value(status));
      },
    });
  };
  gauge(
    'reconcile_differences',
    'Resources that differ from the manifests.',
    (s) => s.plan?.changes.length ?? 0,
  );
  gauge('reconcile_drifted', 'Resources that somebody else changed.', (s) => s.plan?.summary.drifted ?? 0);
  gauge('reconcile_blocked', 'Resources that a safety rule refuses.', (s) => s.plan?.summary.blocked ?? 0);
  gauge('reconcile_paused', '1 while the target is paused.', (s) => (s.pause === undefined ? 0 : 1));
  gauge('reconcile_window_open', '1 while changes may be applied.', (s) => (s.window.open ? 1 : 0));
  gauge('reconcile_fights', 'Resources that somebody keeps changing back.', (s) => s.fights.length);
  gauge('reconcile_stale', '1 while the last good manifests stand in for broken ones.', (s) =>
    s.staleSince === undefined ? 0 : 1,
  );
  gauge('reconcile_manifest_findings', 'What is wrong with manifests and config.', (s) => s.findings.length);
  gauge('reconcile_consecutive_failures', 'Failed passes in a row.', (s) => s.failures);
  gauge(
    'reconcile_last_pass_timestamp_seconds',
    'When the last pass ended.',
    (s) => (s.lastPass?.endedAt ?? 0) / 1000,
  );
  const condition: Gauge = new Gauge({
    name: 'reconcile_condition',
    help: '1 for the condition that the target is in.',
    labelNames: ['target', 'condition'],
    registers,
    collect() {
      condition.reset();
      for (const { status } of watch.targets.values()) {
        for (const name of conditions)
          condition.set({ target: status.name, condition: name }, status.condition === name ? 1 : 0);
      }
    },
  });
  const places: Gauge = new Gauge({
    name: 'reconcile_manifest_finding',
    help: 'Always 1: where a finding is, for the first of each target.',
    labelNames: ['target', 'severity', 'code', 'file', 'line'],
    registers,
    collect() {
      places.reset();
      for (const { status } of watch.targets.values()) {
        for (const { severity, code, place } of status.findings.slice(0, MOST_PLACES)) {
          const at = { file: place?.file ?? '', line: place?.line ?? '' };
          places.set({ target: status.name, severity, code, ...at }, 1);
        }
      }
    },
  });
  const counted = new Map<string, PassRecord>();
  watch.onChange((name) => {
    const status = watch.targets.get(name)?.status;
    const pass = status?.lastPass;
    if (status === undefined || pass === undefined || counted.get(name) === pass) return;
    counted.set(name, pass);
    passes.inc({ target: name, result: status.condition === 'failed' ? 'failed' : 'ended' });
    duration.observe({ target: name }, (pass.endedAt - pass.startedAt) / 1000);
    requests.inc({ target: name }, pass.requests);
    writes.inc({ target: name }, pass.writes);
  });
  return {
    text: () => registry.metrics(),
    contentType: registry.contentType,
    event: (target, type) => events.inc({ target, type }),
    rejected: (reason) => rejected.inc({ reason }),
  };
}
