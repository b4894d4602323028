import { stringify } from 'yaml';
import type { JsonObject } from '../../core/json.ts';
import type { Answers } from './answers.ts';

/** Something to write: whole files are never overwritten, lines are added where they are missing. */
export interface InitFile {
  path: string;
  text: string;
}

const secret = (name: string): string => `\${secret:${name}}`;
const variable = (name: string): string => `\${env:${name}}`;

/** How the target is reached, with references in place of every secret. */
export function targetOf(answers: Answers): JsonObject {
  const { provider, url } = answers;
  return {
    provider,
    ...(url === undefined || url === '' ? {} : { url }),
    credentials: provider === 'sap' ? sapCredentials(answers) : riversandCredentials(answers),
  };
}

function sapCredentials({ login, keyFile }: Answers): JsonObject {
  const client = { tokenUrl: secret('SCHEDULER_TOKEN_URL'), clientId: secret('SCHEDULER_CLIENT_ID') };
  switch (login) {
    case 'vcap':
      return { vcap: variable('VCAP_SERVICES') };
    case 'basic':
      return { basic: { user: secret('SCHEDULER_USER'), password: secret('SCHEDULER_PASSWORD') } };
    case 'oauth':
      return { oauth: { ...client, clientSecret: secret('SCHEDULER_CLIENT_SECRET') } };
    case 'x509':
      return {
        x509: { ...client, certificate: secret('SCHEDULER_CERTIFICATE'), key: secret('SCHEDULER_KEY') },
      };
    case 'ias':
      return { ias: { ...client, clientSecret: secret('SCHEDULER_CLIENT_SECRET') } };
    case 'token':
      return { token: secret('SCHEDULER_TOKEN') };
    default:
      return { serviceKey: keyFile === undefined ? secret('SERVICE_KEY') : `\${file:${keyFile}}` };
  }
}

function riversandCredentials({ tenantId = '', userId = '', userRoles }: Answers): JsonObject {
  return {
    tenantId,
    userId,
    userRoles: (userRoles ?? 'admin').split(',').map((role) => role.trim()),
    clientId: secret('RIVERSAND_CLIENT_ID'),
    clientSecret: secret('RIVERSAND_CLIENT_SECRET'),
  };
}

/** Names of the secrets and variables that the target refers to. */
export function secretsIn(target: JsonObject): string[] {
  return [...JSON.stringify(target).matchAll(/\$\{(?:secret|env):([^}]+)\}/g)].map(([, name = '']) => name);
}

/** Everything that `init` makes. `schemas`: where editors find the JSON Schemas. */
export function initFiles(answers: Answers, schemas: string): InitFile[] {
  const config = {
    apiVersion: 'reconcile/v1',
    kind: 'Config',
    manifests: ['jobs/**/*.yaml'],
    state: { backend: 'file' },
    targets: { [answers.target]: targetOf(answers) },
  };
  const settings = {
    'yaml.schemas': {
      [`${schemas}/config.schema.json`]: 'reconcile.yaml',
      [`${schemas}/manifest.schema.json`]: 'jobs/**/*.yaml',
    },
  };
  return [
    {
      path: 'reconcile.yaml',
      text: `# Targets, credentials and rules. Every setting: reconcile schema config\n${stringify(config, { lineWidth: 0 })}`,
    },
    {
      path: 'jobs/example.yaml',
      text: answers.provider === 'sap' ? sapExample : riversandExample,
    },
    { path: '.vscode/settings.json', text: `${JSON.stringify(settings, null, 2)}\n` },
  ];
}

/** What must not be committed. */
export function ignoredPaths({ keyFile }: Answers): string[] {
  return ['.reconcile/', ...(keyFile === undefined ? [] : [`/${keyFile}`])];
}

/** `text` with those lines that it lacks. */
export function withLines(text: string, lines: readonly string[]): string {
  const there = new Set(text.split(/\r?\n/).map((line) => line.trim()));
  const missing = lines.filter((line) => !there.has(line));
  if (missing.length === 0) return text;
  const lead = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${lead}${missing.join('\n')}\n`;
}

const sapExample = `# An example. It is switched off, so that nothing runs if it is applied; change it, or delete this file.
apiVersion: reconcile/v1
kind: SapJob
metadata:
  name: exampleJob
spec:
  description: An example
  action: https://app.example.com/run
  active: false
  schedules:
    daily:
      # year month day dayOfWeek hour minute second, in UTC
      cron: "* * * * 6 12 17"
      data: {period: day}
`;

const riversandExample = `# An example. It is switched off, so that nothing runs if it is applied; change it, or delete this file.
apiVersion: reconcile/v1
kind: RiversandSchedule
metadata:
  name: exampleSchedule
spec:
  enabled: false
  intervalInMins: 60
  taskUrl: https://app.example.com/run
  taskPayload: {period: hour}
`;
