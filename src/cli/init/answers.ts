import { ReconcileError } from '../../core/errors.ts';

export const providerNames = ['sap', 'riversand'] as const;
export type ProviderName = (typeof providerNames)[number];

export const logins = ['serviceKey', 'vcap', 'basic', 'oauth', 'x509', 'ias', 'token'] as const;
export type Login = (typeof logins)[number];

/** What `init` has to know, from flags and questions. */
export interface Answers {
  provider: ProviderName;
  /** Name of the target. */
  target: string;
  url?: string;
  /** How to log in to SAP. */
  login?: Login;
  /** With `serviceKey`: the file, relative to the project; else it is a secret. */
  keyFile?: string;
  tenantId?: string;
  userId?: string;
  userRoles?: string;
  workflows: boolean;
}

export type Given = Partial<Answers>;

/** What is asked for, or has to be given as a flag. */
export interface Question {
  field: 'provider' | 'target' | 'url' | 'login' | 'tenantId' | 'userId';
  flag: string;
  message: string;
  choices?: readonly string[];
  example?: string;
}

const provider: Question = {
  field: 'provider',
  flag: '--provider',
  message: 'Which service?',
  choices: providerNames,
};
const login: Question = {
  field: 'login',
  flag: '--credentials',
  message: 'How do you log in?',
  choices: logins,
};
const url: Question = {
  field: 'url',
  flag: '--url',
  message: 'URL of the service?',
  example: 'https://jobscheduler-rest.example.com',
};
const tenantId: Question = { field: 'tenantId', flag: '--tenant-id', message: 'Id of the tenant?' };
const userId: Question = {
  field: 'userId',
  flag: '--user-id',
  message: 'On behalf of which user?',
  example: 'scheduler@example.com',
};

/** Those service keys and bindings bring the URL themselves. */
const bringsUrl: readonly (Login | undefined)[] = ['serviceKey', 'vcap'];

/** The questions that are still open, in their order; answers bring up further ones. */
export function openQuestions(given: Given): Question[] {
  const wanted: Question[] =
    given.provider === undefined
      ? [provider]
      : given.provider === 'sap'
        ? [login, ...(given.login === undefined || bringsUrl.includes(given.login) ? [] : [url])]
        : [url, tenantId, userId];
  return wanted.filter(({ field }) => (given[field] ?? '') === '');
}

/** Without anybody to ask: everything that is missing, at once. */
export function refuseIncomplete(given: Given): ReconcileError {
  const flags = openQuestions(given).map(({ flag, choices }) =>
    choices === undefined ? flag : `${flag} ${choices.join('|')}`,
  );
  return new ReconcileError(`init needs to know more, and nobody is there to ask: ${flags.join(', ')}.`, {
    code: 'USAGE_INIT_INCOMPLETE',
    category: 'invalid',
    remedy: 'Give these flags, or run it at a terminal. Nothing was written.',
  });
}
