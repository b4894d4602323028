import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPages, root } from './pages.ts';

type Schema = { title?: string; properties?: Record<string, Schema>; $defs?: Record<string, Schema> };

/** The properties of the part of a schema with this title. */
function fieldsOf(file: string, title: string): string[] {
  const schema: Schema = JSON.parse(readFileSync(join(root, 'schemas', file), 'utf8'));
  const all = [...Object.values(schema.properties ?? {}), ...Object.values(schema.$defs ?? {})];
  return Object.keys(all.find((part) => part.title === title)?.properties ?? {});
}

const pages = readPages();

it.each([
  ['docs/kinds/sap-job.md', 'sap-job.schema.json', 'SapJobSpec'],
  ['docs/kinds/sap-job.md', 'sap-job.schema.json', 'SapSchedule'],
  ['docs/kinds/sap-task.md', 'sap-task.schema.json', 'SapTaskSpec'],
  ['docs/kinds/sap-settings.md', 'sap-settings.schema.json', 'SapSettingsSpec'],
  ['docs/manifests.md', 'sap-job.schema.json', 'Lifecycle'],
  ['docs/config.md', 'config.schema.json', 'PolicyDocument'],
  ['docs/config.md', 'config.schema.json', 'TargetDocument'],
])('%s explains every field of %s#%s', (path, file, title) => {
  const text = pages.find((page) => page.path === path)?.text ?? '';
  const fields = fieldsOf(file, title);
  expect(fields.length).toBeGreaterThan(0);
  expect(fields.filter((field) => !new RegExp(`\\b${field}\\b`).test(text))).toEqual([]);
});
