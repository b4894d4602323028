import type { Configure } from './configure.ts';

interface CommandEntry {
  name: string;
  summary: string;
  load(): Promise<Configure>;
}

/** Every command of the program. Each is loaded only when it is called. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: 'init',
    summary: 'write a config, an example and editor settings, after asking or by flags',
    load: async () => (await import('./commands/init.ts')).configureInit,
  },
  {
    name: 'import',
    summary: 'write manifests for what the service already has; --adopt takes it over',
    load: async () => (await import('./commands/import.ts')).configureImport,
  },
  {
    name: 'validate',
    summary: 'check config and manifests offline; all findings at once',
    load: async () => (await import('./commands/validate.ts')).configureValidate,
  },
  {
    name: 'lint',
    summary: 'give advice on schedules: peaks, overlaps, what is hardly meant',
    load: async () => (await import('./commands/lint.ts')).configureLint,
  },
  {
    name: 'plan',
    summary: 'read the service and show what apply would change; never writes',
    load: async () => (await import('./commands/plan.ts')).configurePlan,
  },
  {
    name: 'apply',
    summary: 'make the service match the manifests',
    load: async () => (await import('./commands/apply.ts')).configureApply,
  },
  {
    name: 'drift',
    summary: 'show what others changed since the last apply',
    load: async () => (await import('./commands/drift.ts')).configureDrift,
  },
  {
    name: 'status',
    summary: 'show what is owned, since when, and what was done last; from the state alone',
    load: async () => (await import('./commands/status.ts')).configureStatus,
  },
  {
    name: 'history',
    summary: 'show who applied what, when, and from which commit',
    load: async () => (await import('./commands/history.ts')).configureHistory,
  },
  {
    name: 'forget',
    summary: 'let resources go: they stay in the service, but are not ours any more',
    load: async () => (await import('./commands/forget.ts')).configureForget,
  },
  {
    name: 'unprotect',
    summary: 'lift the protection that the state remembers',
    load: async () => (await import('./commands/unprotect.ts')).configureUnprotect,
  },
  {
    name: 'watch',
    summary: 'keep git and service in step, with pages to look at',
    load: async () => (await import('./commands/watch.ts')).configureWatch,
  },
  {
    name: 'unlock',
    summary: 'show who holds a target, and remove the lock of an apply that died',
    load: async () => (await import('./commands/unlock.ts')).configureUnlock,
  },
  {
    name: 'explain',
    summary: 'say in words what a time expression means, with its next runs',
    load: async () => (await import('./commands/explain.ts')).configureExplain,
  },
  {
    name: 'calendar',
    summary: 'show the coming runs of all jobs, their load per minute and the peaks',
    load: async () => (await import('./commands/calendar.ts')).configureCalendar,
  },
  {
    name: 'schema',
    summary: 'print a JSON Schema, or the list of them',
    load: async () => (await import('./commands/schema.ts')).configureSchema,
  },
  {
    name: 'emulator',
    summary: 'serve a local stand-in for the service',
    load: async () => (await import('./commands/emulator.ts')).configureEmulator,
  },
  {
    name: 'demo',
    summary: 'show the whole cycle against the emulator',
    load: async () => (await import('./commands/demo.ts')).configureDemo,
  },
  {
    name: 'completion',
    summary: 'print a completion script for your shell',
    load: async () => (await import('./commands/completion.ts')).configureCompletion,
  },
];
