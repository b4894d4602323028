import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Json, JsonObject } from '../core/json.ts';
import type { Pointer } from '../core/pointer.ts';
import { interpolate, type Lookup, type Resolved } from './interpolate.ts';
import type { FileAccess } from './source/file-access.ts';
import { suggest } from './suggest.ts';

/** What references may be filled in from. */
export interface Environment {
  env: Readonly<Record<string, string | undefined>>;
  /** Text of the file `name` in RECONCILE_SECRETS_DIR; undefined when there is none. */
  readSecretFile?(name: string): string | undefined;
  /** `${file:path}` of the config; absent where there is no config. */
  readProjectFile?(path: string): Resolved;
}

/** The environment with secrets from the folder that `RECONCILE_SECRETS_DIR` names, if any. */
export function createEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  files: Pick<FileAccess, 'readText' | 'resolveNow'>,
): Environment {
  const folder = env['RECONCILE_SECRETS_DIR'];
  if (folder === undefined || folder === '') return { env };
  return { env, readSecretFile: (name) => readInside(folder, name, files) };
}

/** A file of the folder, links resolved, never one outside of it. */
function readInside(
  folder: string,
  name: string,
  files: Pick<FileAccess, 'readText' | 'resolveNow'>,
): string | undefined {
  const root = files.resolveNow(folder);
  const path = root === undefined ? undefined : files.resolveNow(join(root, name));
  if (root === undefined || path === undefined || !isInside(root, path)) return undefined;
  return files.readText(path);
}

export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, resolve(folder, path));
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

export interface LookupRules {
  environment: Environment;
  /** Values of `${var:x}` with the pointers of their secrets. */
  variables: { values: JsonObject; secrets: readonly Pointer[]; unknown: readonly Pointer[] } | undefined;
  /** Names that `${env:X}` may use; undefined allows all. */
  allowEnv: readonly string[] | undefined;
  /** Whether `${file:path}` may be used: in the config, not in manifests. */
  allowFiles: boolean;
  redact(secret: string): void;
  /** Missing secrets and environment variables are not errors: checks leave out what needs them. */
  placeholders: boolean;
}

const secretName = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const placeholder = '(unknown)';

export function createLookup(rules: LookupRules): Lookup {
  const { variables, allowEnv, allowFiles, environment } = rules;
  const read = allowFiles ? environment.readProjectFile : undefined;
  const find = (source: string, name: string): Resolved => {
    if (source === 'var') return lookUpVariable(name, rules);
    if (source === 'env') return lookUpEnv(name, rules);
    if (source === 'secret') return lookUpSecret(name, rules);
    if (read !== undefined) return read(name);
    return {
      problem: {
        code: 'FILE_NOT_ALLOWED',
        message: `\${file:${name}} is not allowed here.`,
        expected: 'references to files only in the config',
        remedy: `Read the file into a variable of the target, and use \${var:name} here.`,
      },
    };
  };
  const allowed: Lookup['allowed'] = [
    ...(variables === undefined ? [] : (['var'] as const)),
    ...(allowEnv?.length === 0 ? [] : (['env'] as const)),
    'secret',
    ...(read === undefined ? [] : (['file'] as const)),
  ];
  return { find, allowed };
}

function lookUpVariable(name: string, { variables }: LookupRules): Resolved {
  if (variables === undefined) {
    return {
      problem: {
        code: 'VARIABLE_NOT_ALLOWED',
        message: `\${var:${name}} is not allowed here.`,
        remedy: `Variables are for manifests; use \${env:NAME}, \${secret:NAME} or \${file:path} in the config.`,
      },
    };
  }
  const { values } = variables;
  if (!Object.hasOwn(values, name)) {
    const near = suggest(name, Object.keys(values));
    return {
      problem: {
        code: 'UNRESOLVED_VARIABLE',
        message: `The target has no variable "${name}".`,
        remedy: near === undefined ? 'Add it to `variables` of the target.' : `Did you mean "${near}"?`,
      },
    };
  }
  const prefix = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const below = (pointers: readonly Pointer[]): Pointer[] =>
    pointers.filter((p) => p === prefix || p.startsWith(`${prefix}/`)).map((p) => p.slice(prefix.length));
  if (below(variables.unknown).length > 0) return { unknown: placeholder };
  return { value: values[name] as Json, secrets: below(variables.secrets) };
}

function lookUpEnv(name: string, rules: LookupRules): Resolved {
  if (rules.allowEnv !== undefined && !rules.allowEnv.includes(name)) {
    return {
      problem: {
        code: 'ENV_NOT_ALLOWED',
        message: `Manifests may not use the environment variable ${name}.`,
        remedy: `Add "${name}" to \`allowEnv\` in the config, or use a variable of the target.`,
      },
    };
  }
  const value = Object.hasOwn(rules.environment.env, name) ? rules.environment.env[name] : undefined;
  if (value !== undefined) return { value };
  if (rules.placeholders) return { unknown: placeholder };
  return {
    problem: {
      code: 'UNRESOLVED_ENV',
      message: `The environment variable ${name} is not set.`,
      remedy: 'Set it.',
    },
  };
}

function lookUpSecret(name: string, rules: LookupRules): Resolved {
  if (!secretName.test(name)) {
    return {
      problem: {
        code: 'BAD_REFERENCE',
        message: `"${name}" cannot be the name of a secret.`,
        expected: 'letters, digits, `_`, `-` and `.`, beginning with a letter or `_`',
      },
    };
  }
  const { env, readSecretFile } = rules.environment;
  const fromEnv = Object.hasOwn(env, name) ? env[name] : undefined;
  const value = fromEnv ?? readSecretFile?.(name)?.replace(/\r?\n$/, '');
  if (value !== undefined) {
    rules.redact(value);
    return { value, secrets: [''] };
  }
  if (rules.placeholders) return { unknown: placeholder };
  return {
    problem: {
      code: 'UNRESOLVED_SECRET',
      message: `The secret ${name} is not set.`,
      expected: `the environment variable ${name}, or a file ${name} in the folder RECONCILE_SECRETS_DIR`,
      remedy: 'Set one of them.',
    },
  };
}

/** Variables of a target, filled in once (from env, secrets and files; not from other variables). */
export function resolveVariables(
  variables: JsonObject,
  rules: Omit<LookupRules, 'variables' | 'allowEnv' | 'allowFiles'>,
): ReturnType<typeof interpolate> {
  return interpolate(
    variables,
    createLookup({ ...rules, variables: undefined, allowEnv: undefined, allowFiles: true }),
  );
}
