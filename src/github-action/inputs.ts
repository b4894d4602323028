import { suggest } from '../manifest/suggest.ts';
import { ActionFailure } from './failure.ts';

export type ActionCommand = 'validate' | 'plan' | 'apply' | 'drift';
export type CommentWhen = 'changes' | 'always' | 'never';

/** The inputs of action.yml, checked. */
export interface Inputs {
  command: ActionCommand;
  /** Path of the config file, relative to the working directory. */
  config: string | undefined;
  /** Empty: the only target, or for validate, plan and drift all of them. */
  targets: readonly string[];
  workingDirectory: string;
  label: string;
  token: string | undefined;
  comment: CommentWhen;
  /** plan: where to save it. apply: the plan that was approved. */
  planFile: string | undefined;
  requireApprovedPlan: boolean;
  failOnChanges: boolean;
  driftIssue: boolean;
  annotations: boolean;
  summary: boolean;
}

/** Defaults as in action.yml; a test holds the two against each other. */
export const inputDefaults = {
  command: 'plan',
  config: '',
  target: '',
  'working-directory': '.',
  label: 'reconcile',
  'github-token': '',
  comment: 'changes',
  'plan-file': '',
  'require-approved-plan': 'true',
  'fail-on-changes': 'false',
  'drift-issue': 'false',
  annotations: 'true',
  summary: 'true',
} as const;

type InputName = keyof typeof inputDefaults;

const commands: readonly ActionCommand[] = ['validate', 'plan', 'apply', 'drift'];
const moments: readonly CommentWhen[] = ['changes', 'always', 'never'];

/** Reads the inputs as the runner hands them over (`INPUT_…`). Everything that is wrong is said at once. */
export function readInputs(env: Readonly<Record<string, string | undefined>>): Inputs {
  const problems: string[] = unknownInputs(env);
  const text = (name: InputName): string =>
    env[variableOf(name)]?.trim() || (inputDefaults[name] satisfies string);
  const optional = (name: InputName): string | undefined => (text(name) === '' ? undefined : text(name));
  function oneOf<T extends string>(name: InputName, allowed: readonly T[]): T {
    const value = text(name);
    const found = allowed.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    problems.push(`${name} is "${value}"; expected is one of ${allowed.join(', ')}.`);
    return allowed[0] as T;
  }
  const yesOrNo = (name: InputName): boolean => oneOf(name, ['true', 'false']) === 'true';
  const inputs: Inputs = {
    command: oneOf('command', commands),
    config: optional('config'),
    targets: [...new Set(text('target').split(/[\s,]+/))].filter((name) => name !== ''),
    workingDirectory: text('working-directory'),
    label: text('label'),
    token: optional('github-token'),
    comment: oneOf('comment', moments),
    planFile: optional('plan-file'),
    requireApprovedPlan: yesOrNo('require-approved-plan'),
    failOnChanges: yesOrNo('fail-on-changes'),
    driftIssue: yesOrNo('drift-issue'),
    annotations: yesOrNo('annotations'),
    summary: yesOrNo('summary'),
  };
  if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(inputs.label)) {
    problems.push('label may hold up to 64 letters, digits, `.`, `_` and `-`.');
  }
  if (problems.length > 0) {
    throw new ActionFailure('invalid-input', problems.join('\n'), 'Correct `with:` of the step.');
  }
  return inputs;
}

/** `plan-file` → `INPUT_PLAN-FILE`, as the runner does it. */
export function variableOf(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

/** A misspelt input would otherwise be a setting that silently is not made. */
function unknownInputs(env: Readonly<Record<string, string | undefined>>): string[] {
  const names = Object.keys(inputDefaults);
  const known = new Set(names.map(variableOf));
  return Object.keys(env)
    .filter((variable) => variable.startsWith('INPUT_') && !known.has(variable))
    .sort()
    .map((variable) => {
      const name = variable.slice('INPUT_'.length).toLowerCase();
      const near = suggest(name, names);
      return `There is no input "${name}".${near === undefined ? '' : ` Did you mean "${near}"?`}`;
    });
}
