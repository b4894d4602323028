import type { Finding } from '../../../core/errors.ts';
import type { Json } from '../../../core/json.ts';
import type { LintInput } from '../../../core/provider.ts';
import { formatInstant, parseRiversandTime } from '../../../time/index.ts';
import { warning } from '../validate-values.ts';

/** Advice on a schedule object. */
export function lintObject({ spec, now }: LintInput): Finding[] {
  return [...urlFindings(spec['taskUrl']), ...endFindings(spec['stopTime'], now)];
}

/** A task that is called without encryption, together with the headers of its authContext. */
function urlFindings(value: Json | undefined): Finding[] {
  if (typeof value !== 'string' || !/^http:\/\//i.test(value)) return [];
  return [
    warning('LINT_HTTP_ACTION', '/spec/taskUrl', 'The task is called over plain http.', {
      remedy: `Each call carries authContext and payload, readable on the way. Write: taskUrl: ${value.replace(/^http:/i, 'https:')}`,
    }),
  ];
}

function endFindings(value: Json | undefined, now: number): Finding[] {
  if (typeof value !== 'string') return [];
  const parsed = parseRiversandTime(value, { requireDate: true });
  const at = parsed.ok ? parsed.value.at : null;
  if (at === null || at > now) return [];
  return [
    warning(
      'LINT_PAST_END',
      '/spec/stopTime',
      `The stop ${formatInstant(at)} is past: the task is not called any more.`,
      {
        remedy: 'Write a later stop, or null for none; or take the schedule out.',
      },
    ),
  ];
}
