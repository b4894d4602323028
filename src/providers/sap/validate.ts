import type { Change } from '../../core/change.ts';
import type { Finding } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { Outlook } from '../../core/provider.ts';
import { isSealed } from '../../core/resource.ts';
import { readDate } from './meaning.ts';
import { LONGEST_ASYNC_TIMEOUT } from './settings.ts';
import { validateSchedules } from './validate-schedules.ts';
import { dateFindings, error, sizeFindings, switchFindings, warning } from './validate-values.ts';

/** The pattern of the service's OpenAPI description; names outside it exist. */
const USUAL_NAME = /^(?![0-9]+$)[a-zA-Z0-9_-]+$/;

export const UNUSUAL_NAME = 'SAP_NAME_UNUSUAL';

/** Semantic rules for a job. `now` (epoch ms) only serves to offer an instant for a relative text. */
export function validateJob(name: string, spec: JsonObject, now: number): Finding[] {
  return [
    ...nameFindings(name, true),
    ...actionFindings(spec['action']),
    ...switchFindings(spec['active'], '/spec/active'),
    ...dateFindings(spec['startTime'], '/spec/startTime', now),
    ...dateFindings(spec['endTime'], '/spec/endTime', now),
    ...orderFindings(spec),
    ...sizeFindings({ ...spec, schedules: null }, 'The job without its schedules', '/spec'),
    ...validateSchedules(spec['schedules'], spec, now),
  ];
}

/** Semantic rules for the schedules of an existing task job. */
export function validateTask(name: string, spec: JsonObject, now: number): Finding[] {
  return [...nameFindings(name, false), ...validateSchedules(spec['schedules'], spec, now)];
}

export function validateSettings(_name: string, spec: JsonObject): Finding[] {
  const seconds = spec['asyncExecTimeout'];
  if (seconds === undefined || seconds === null || isSealed(seconds)) return [];
  const isFine =
    typeof seconds === 'number' &&
    Number.isInteger(seconds) &&
    seconds >= 1 &&
    seconds <= LONGEST_ASYNC_TIMEOUT;
  if (isFine) return [];
  return [
    error(
      'SAP_ASYNC_TIMEOUT',
      '/spec/asyncExecTimeout',
      `${JSON.stringify(seconds)} is no timeout that the service takes.`,
      {
        expected: `a whole number of seconds from 1 to ${LONGEST_ASYNC_TIMEOUT} (seven days)`,
      },
    ),
  ];
}

/** Names of existing task jobs are as they are; only what the service would refuse for a new job is an error. */
function nameFindings(name: string, created: boolean): Finding[] {
  const pointer = '/metadata/name';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (name === '' || /[\u0000-\u001f\u007f]/.test(name)) {
    return [
      error('SAP_NAME_CONTROL', pointer, 'The name is empty or holds a control character.', {
        expected: 'letters, digits, _ and -',
      }),
    ];
  }
  if (!created) return [];
  if (/^[0-9]+$/.test(name)) {
    return [
      error(
        'SAP_NAME_DIGITS',
        pointer,
        `The name ${name} is only digits: the service would take it for an id.`,
        {
          expected: 'at least one letter, _ or -',
          remedy: `Write for example job${name}.`,
        },
      ),
    ];
  }
  if (USUAL_NAME.test(name)) return [];
  return [
    warning(UNUSUAL_NAME, pointer, unusual(name), {
      expected: 'letters, digits, _ and -',
      remedy: 'Keep it if the job already exists under this name.',
    }),
  ];
}

function unusual(name: string): string {
  return `${JSON.stringify(name)} is outside the documented names: the service may refuse to create it.`;
}

/** The name is told of where it matters: for a job that is there, it is as it is. */
export function jobOutlook({ action, desired, live }: Omit<Change, 'operations'>): Outlook {
  const { identity } = desired ?? {};
  const isMade = action === 'create' || (action === 'replace' && live?.identity !== identity);
  if (!isMade || identity === undefined || USUAL_NAME.test(identity)) return { warnings: [] };
  return { warnings: [unusual(identity).replace(/\.$/, '')] };
}

function actionFindings(action: Json | undefined): Finding[] {
  if (typeof action !== 'string' || isAbsoluteUrl(action)) return [];
  return [
    error('SAP_ACTION_NOT_ABSOLUTE', '/spec/action', `${JSON.stringify(action)} is not an absolute URL.`, {
      expected: 'https://host/path (or http://)',
      remedy: `Put the host in front, for example https://\${var:appHost}/${action.replace(/^\/+/, '')}`,
    }),
  ];
}

function isAbsoluteUrl(text: string): boolean {
  if (!/^https?:\/\/[^/\s]/i.test(text) || /\s/.test(text)) return false;
  return URL.canParse(text);
}

function orderFindings(spec: JsonObject): Finding[] {
  const start = readDate(spec['startTime']);
  const end = readDate(spec['endTime']);
  if (start === undefined || end === undefined || end > start) return [];
  return [
    error('SAP_END_BEFORE_START', '/spec/endTime', 'The end of the job is not after its start.', {
      remedy: 'Its schedules would never run. Swap the two, or take one out.',
    }),
  ];
}
