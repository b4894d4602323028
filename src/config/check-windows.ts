import { createRequire } from 'node:module';
import type * as Croner from 'croner';
import { isObject, type Json } from '../core/json.ts';
import { formatPointer, type Pointer } from '../core/pointer.ts';
import type { PointedFinding } from '../manifest/schema-errors.ts';

// Seldom needed, so that it is not loaded at each start.
const load = createRequire(import.meta.url);

function loadCroner(): typeof Croner {
  return load('croner');
}

/** The windows of `watch` open when their cron says so, in their time zone: what cannot be read would never open, or never deny. */
export function checkWindows(document: Json): PointedFinding[] {
  if (!isObject(document) || !isObject(document['targets'])) return [];
  return Object.entries(document['targets']).flatMap(([name, target]) => {
    const watch = isObject(target) ? target['watch'] : undefined;
    const windows = isObject(watch) ? watch['windows'] : undefined;
    if (!Array.isArray(windows)) return [];
    return windows.flatMap((window, index) =>
      checkWindow(window, formatPointer(['targets', name, 'watch', 'windows', index])),
    );
  });
}

function checkWindow(window: Json, pointer: Pointer): PointedFinding[] {
  if (!isObject(window)) return [];
  const { cron, timeZone } = window;
  const findings: PointedFinding[] = [];
  if (typeof cron === 'string' && cron !== '') {
    const why = whyUnreadable(cron);
    if (why !== undefined) {
      findings.push({
        code: 'WINDOW_CRON',
        severity: 'error',
        message: `The window's cron "${cron}" ${why}.`,
        expected: 'five fields: minute hour day month weekday, such as `0 22 * * 1-5`',
        remedy: 'Correct it: this is a Unix cron, not the one of the service.',
        pointer: `${pointer}/cron`,
      });
    }
  }
  if (typeof timeZone === 'string' && timeZone !== '' && !isTimeZone(timeZone)) {
    findings.push({
      code: 'WINDOW_TIME_ZONE',
      severity: 'error',
      message: `There is no time zone "${timeZone}".`,
      expected: 'an IANA name such as `Europe/Berlin`, or `UTC`',
      remedy: 'Correct it, or leave it out for UTC.',
      pointer: `${pointer}/timeZone`,
    });
  }
  return findings;
}

/** For the end of a sentence; undefined when the cron can be read and comes true. */
function whyUnreadable(cron: string): string | undefined {
  const { Cron } = loadCroner();
  try {
    const openings = new Cron(cron, { timezone: 'UTC', mode: '5-part', legacyMode: true });
    return openings.nextRun(new Date(0)) === null ? 'names no date that exists' : undefined;
  } catch {
    return 'cannot be read';
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
