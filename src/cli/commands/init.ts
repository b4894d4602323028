import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { ReconcileError } from '../../core/errors.ts';
import { packageFile, readVersion } from '../../project/package-files.ts';
import type { Configure } from '../configure.ts';
import { type Context, openContext } from '../context.ts';
import { folderInProject } from '../import-files.ts';
import {
  type Answers,
  type Given,
  logins,
  openQuestions,
  providerNames,
  refuseIncomplete,
} from '../init/answers.ts';
import { checkLogin } from '../init/check-login.ts';
import {
  type InitFile,
  ignoredPaths,
  initFiles,
  secretsIn,
  targetOf,
  withLines,
} from '../init/init-files.ts';

interface Options {
  target: string;
  provider?: Answers['provider'];
  credentials?: Answers['login'];
  url?: string;
  keyFile?: string;
  tenantId?: string;
  userId?: string;
  userRoles?: string;
  workflows?: boolean;
  check: boolean;
}

/** `reconcile init`. */
export const configureInit: Configure = (command, invocation) => {
  command
    .addOption(new Option('--provider <name>', 'the service').choices(providerNames))
    .option('-t, --target <name>', 'name of the target', 'dev')
    .addOption(new Option('--credentials <kind>', 'how to log in to SAP').choices(logins))
    .option('--key-file <path>', 'with serviceKey: a file in the project; without, the secret SERVICE_KEY')
    .option('--url <url>', 'where the service is; service keys and bindings bring it')
    .option('--tenant-id <id>', 'of Riversand')
    .option('--user-id <id>', 'of Riversand')
    .option('--user-roles <list>', 'of Riversand, with commas (default: admin)')
    .option('--workflows', 'also the workflows for GitHub')
    .option('--no-check', 'do not try the credentials')
    .addHelpText(
      'after',
      `
Writes reconcile.yaml, an example manifest, lines for .gitignore and settings for the editor. Asks for what the flags do
not say; never overwrites a file.

Examples:
  $ reconcile init
  $ reconcile init --provider sap --credentials serviceKey --key-file key.json
  $ reconcile init --provider riversand --url https://acme.example.com --tenant-id acme --user-id me@example.com`,
    )
    .action(async (options: Options, self: Command) => {
      const context = openContext(self, invocation);
      await initialise(context, options);
    });
};

async function initialise(context: Context, options: Options): Promise<void> {
  const root = context.cwd;
  assertNew(root);
  const answers = await complete(context, givenBy(options, root));
  if (options.check) await tryLogin(context, answers, root);
  const schemas = existsSync(join(root, 'node_modules/reconcile-jobs'))
    ? './node_modules/reconcile-jobs/schemas'
    : `https://unpkg.com/reconcile-jobs@${readVersion()}/schemas`;
  const files = [...initFiles(answers, schemas), ...(answers.workflows ? workflowFiles() : [])];
  for (const file of files) write(context, root, file);
  const ignore = join(root, '.gitignore');
  const before = existsSync(ignore) ? readFileSync(ignore, 'utf8') : '';
  const after = withLines(before, ignoredPaths(answers));
  if (after !== before) {
    writeFileSync(ignore, after);
    context.io.out(`  ${before === '' ? '+' : '~'} .gitignore\n`);
  }
  const secrets = secretsIn(targetOf(answers));
  if (secrets.length > 0)
    context.io.out(`To set before anything talks to the service: ${secrets.join(', ')}.\n`);
  context.io.out('Next: reconcile import --dry-run shows what the service has already.\n');
}

function givenBy(options: Options, root: string): Given {
  const { target, provider, credentials, url, keyFile, tenantId, userId, userRoles, workflows } = options;
  const all = {
    target,
    provider: provider ?? (credentials === undefined && keyFile === undefined ? undefined : 'sap'),
    login: credentials ?? (keyFile === undefined ? undefined : 'serviceKey'),
    url,
    keyFile: keyFile === undefined ? undefined : folderInProject(keyFile, root, root),
    tenantId,
    userId,
    userRoles,
    workflows: workflows === true,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Given;
}

async function complete(context: Context, given: Given): Promise<Answers> {
  const known: Given = { ...given };
  const { ask, interactive } = context.io;
  if (openQuestions(known).length > 0 && (!interactive || ask === undefined)) throw refuseIncomplete(known);
  for (let [question] = openQuestions(known); question !== undefined; [question] = openQuestions(known)) {
    const { field, message, choices, example } = question;
    const answer = await ask?.({
      message,
      ...(choices === undefined ? {} : { choices }),
      ...(example === undefined ? {} : { example }),
    });
    if (answer === undefined || answer.trim() === '') throw refuseIncomplete(known);
    Object.assign(known, { [field]: answer.trim() });
  }
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(known.target ?? '')) {
    throw new ReconcileError(`"${known.target}" cannot be the name of a target.`, {
      code: 'BAD_TARGET_NAME',
      category: 'invalid',
      remedy: 'At most 63 characters: a-z, 0-9 and -, not beginning with -.',
    });
  }
  return known as Answers;
}

async function tryLogin(context: Context, answers: Answers, root: string): Promise<void> {
  const result = await checkLogin(context, answers, root);
  if ('reached' in result) context.note(`The credentials work: ${result.reached}`);
  else context.note(`The credentials were not tried: ${result.notTried}`);
}

function assertNew(root: string): void {
  if (!existsSync(join(root, 'reconcile.yaml'))) return;
  throw new ReconcileError('There is a reconcile.yaml here already; nothing was written.', {
    code: 'INIT_EXISTS',
    category: 'refused',
    remedy: 'Add a target to it by hand, or choose another folder with -C.',
  });
}

/** The workflows that come with the package. */
function workflowFiles(): InitFile[] {
  const folder = packageFile('examples/workflows/');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => name.endsWith('.yml'))
    .sort()
    .map((name) => ({
      path: `.github/workflows/reconcile-${name}`,
      text: readFileSync(new URL(name, folder), 'utf8'),
    }));
}

function write(context: Context, root: string, { path, text }: InitFile): void {
  const file = join(root, path);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
    context.io.out(`  + ${path}\n`);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') {
      context.io.out(`  = ${path} is there already, and stays as it is\n`);
      if (path.startsWith('.vscode/')) context.note(`For ${path}:\n${text}`);
      return;
    }
    throw new ReconcileError(`${path} cannot be written: ${cause instanceof Error ? cause.message : ''}`, {
      code: 'OUTPUT_UNWRITABLE',
      category: 'invalid',
      remedy: 'Check the folder and its permissions.',
      cause,
    });
  }
}
