import type { Json } from '../../core/json.ts';
import type { Pointer } from '../../core/pointer.ts';
import { LONGEST_ASYNC_TIMEOUT } from './settings.ts';

export const impossibleTask =
  'the job of a Cloud Foundry task belongs to its space: only its schedules can be changed';

/**
 * The service's own values for fields that leave a manifest. Source: the resets of `PUT /scheduler/jobs/{name}`; `active`
 * and `httpMethod` have defaults in the manifest itself, so they never leave it. No `action` can be reset.
 */
const JOB_DEFAULTS: Readonly<Record<Pointer, Json>> = {
  '/description': '',
  '/httpMethod': 'POST',
  '/active': true,
  '/ansConfig': { onSuccess: false, onError: false, onDelay: false },
  '/ansConfig/onSuccess': false,
  '/ansConfig/onError': false,
  '/ansConfig/onDelay': false,
  '/calmConfig': { enabled: false },
  '/calmConfig/enabled': false,
};

const SCHEDULE_DEFAULTS: Readonly<Record<Pointer, Json>> = { '/description': '', '/active': true };

export function jobDefault(pointer: Pointer): Json {
  return Object.hasOwn(JOB_DEFAULTS, pointer) ? (JOB_DEFAULTS[pointer] ?? null) : null;
}

export function scheduleDefault(pointer: Pointer): Json {
  return Object.hasOwn(SCHEDULE_DEFAULTS, pointer) ? (SCHEDULE_DEFAULTS[pointer] ?? null) : null;
}

export function settingsDefault(pointer: Pointer): Json {
  return pointer === '/asyncExecTimeout' ? LONGEST_ASYNC_TIMEOUT : null;
}
