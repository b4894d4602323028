import type { Finding } from '../../../core/errors.ts';
import type { LintInput } from '../../../core/provider.ts';
import { advice } from './advice.ts';

/** An action that is called without encryption, together with its token. */
export function actionFindings({ spec }: LintInput): Finding[] {
  const { action } = spec;
  if (typeof action !== 'string' || !/^http:\/\//i.test(action)) return [];
  return [
    advice('LINT_HTTP_ACTION', 'warning', '/spec/action', 'The action is called over plain http.', {
      why: 'Each call carries a bearer token and the data of the schedule, readable on the way.',
      better: `action: ${action.replace(/^http:/i, 'https:')}`,
    }),
  ];
}
