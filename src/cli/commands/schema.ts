import { readdirSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { ReconcileError } from '../../core/errors.ts';
import { packageFile } from '../../project/package-files.ts';
import type { Configure } from '../configure.ts';

const SUFFIX = '.schema.json';

/** `reconcile schema [kind]`: the schemas come with the package, nothing is fetched. */
export const configureSchema: Configure = (command: Command, { io }) => {
  command
    .argument('[kind]', 'SapJob, SapTask, …, manifest, config or plan; without it, all names')
    .addHelpText(
      'after',
      `
Examples:
  $ reconcile schema                          list what there is
  $ reconcile schema SapJob                   print one
  $ reconcile schema manifest > manifest.schema.json
                                              for editors: # yaml-language-server: $schema=manifest.schema.json`,
    )
    .action((kind: string | undefined) => {
      io.out(kind === undefined ? `${schemaNames().join('\n')}\n` : readSchema(kind));
    });
};

/** The names of all schemas, as users write them: kinds as in manifests, the others in lower case. */
export function schemaNames(): string[] {
  return schemaFiles().map(nameOf).sort();
}

function schemaFiles(): string[] {
  // Schemas of credentials and tenants are pieces of the config's.
  return readdirSync(packageFile('schemas/')).filter(
    (file) => file.endsWith(SUFFIX) && !/^(credentials|tenant)-/.test(file),
  );
}

function readSchema(kind: string): string {
  const file = schemaFiles().find((one) => nameOf(one).toLowerCase() === kind.toLowerCase());
  if (file === undefined) {
    throw new ReconcileError(`There is no schema "${kind}".`, {
      code: 'USAGE_UNKNOWN_SCHEMA',
      category: 'invalid',
      remedy: `Take one of: ${schemaNames().join(', ')}.`,
    });
  }
  return readFileSync(packageFile(`schemas/${file}`), 'utf8');
}

/** `sap-job.schema.json` → `SapJob`; a single word stays in lower case: `manifest`. */
function nameOf(file: string): string {
  const words = file.slice(0, -SUFFIX.length).split('-');
  if (words.length === 1) return words.join('');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
