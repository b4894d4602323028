// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references look like that
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { noon, type Ran, runCli } from '../cli/fake-io.ts';
import { type ProjectFolder, projectFolder } from '../cli/project-folder.ts';
import { type Block, blocksOf, readPages, root } from './pages.ts';

/** What the tool prints in the situations that the documentation shows, by the name of the block. */
const printed = new Map<string, string>();
let emulator: Emulator;
let folder: ProjectFolder;

const live = {
  jobs: [
    {
      ...{
        name: 'reportSales',
        description: 'Sales figures',
        action: 'https://shop.example.com/reports/sales',
      },
      ...{ httpMethod: 'POST', active: true },
      schedules: [{ description: 'daily', active: true, cron: '* * * * 6 12 17', data: { period: 'day' } }],
    },
    {
      ...{ name: 'cleanup', description: 'made by hand', action: 'https://shop.example.com/cleanup' },
      ...{ httpMethod: 'POST', active: true },
      schedules: [{ description: 'nightly', active: true, cron: '* * * * 2 0 0' }],
    },
    { name: 'somebodyElses', action: 'https://other.example.com/x', httpMethod: 'GET', active: true },
  ],
};

const config = (policy: string): string => `apiVersion: reconcile/v1
kind: Config
manifests: ["jobs/**/*.yaml"]
targets:
  dev:
    provider: sap
    credentials: {serviceKey: "\${secret:SERVICE_KEY}"}
    variables: {appHost: shop.example.com}
    policy: ${policy}
`;
const job = (name: string, rest: string): string =>
  `apiVersion: reconcile/v1\nkind: SapJob\nmetadata: {name: ${name}}\n${rest}`;
const sales = job(
  'reportSales',
  `spec:
  description: Sales figures
  action: https://\${var:appHost}/reports/sales
  schedules:
    daily: {cron: "* * * * 6 12 17", data: {period: day}}
`,
);
const stock = `spec:
  description: Stock levels
  action: https://shop.example.com/reports/stock
  schedules:
    twice a day: {crontab: "7 5,17 * * 1-6"}
`;
const cleanup = (cron: string): string =>
  job(
    'cleanup',
    `spec:
  description: Remove old sessions
  action: https://\${var:appHost}/cleanup
  schedules:
    nightly: {cron: "${cron}"}
`,
  );
const beat = (mode: string): string =>
  job('heartbeat', `spec:\n  action: https://\${var:appHost}/beat\n  schedules:\n    beat: {${mode}}\n`);

function reconcile(argv: readonly string[], overrides: Partial<Io> = {}): Promise<Ran> {
  const env = { SERVICE_KEY: JSON.stringify(emulator.credentials), COLUMNS: '100' };
  return runCli(argv, { cwd: folder.path, env, ...overrides });
}

async function record(name: string, argv: readonly string[]): Promise<void> {
  const { out, err } = await reconcile(argv);
  printed.set(name, `${printed.get(name) ?? ''}${out}${err}`);
}

beforeAll(async () => {
  emulator = await startEmulator({ now: () => noon, seed: live });
  folder = await projectFolder({
    'reconcile.yaml': config('{}'),
    'jobs/sales.yaml': sales,
    'jobs/stock.yaml': job('reportStock', stock),
    'jobs/cleanup.yaml': cleanup('* * * * 2 17 20'),
  });
  const apply = () => reconcile(['apply', '--yes']);
  await record('adoption', ['plan']);
  await record('adopt always', ['plan']);
  await record('import', ['import']);
  await rm(join(folder.path, 'jobs/somebodyElses.yaml'));
  await folder.write({ 'reconcile.yaml': config('{adopt: always}') });
  await apply();
  printed.set('state', readFileSync(join(folder.path, '.reconcile/state/dev.json'), 'utf8'));

  await folder.write({ 'jobs/cleanup.yaml': cleanup('* * * * 5 17 20') });
  await record('plan json', ['plan', '-o', 'json']);
  await record('apply json', ['apply', '--yes', '-q', '-o', 'json']);
  await record('status', ['status']);
  await record('status json', ['status', '-o', 'json']);
  await record('history', ['history']);

  await folder.write({ 'jobs/beat.yaml': beat('repeatInterval: 15 minutes') });
  await apply();
  await folder.write({ 'jobs/beat.yaml': beat('repeatInterval: 20 minutes') });
  await record('interval change', ['plan']);
  await apply();
  await folder.write({ 'jobs/beat.yaml': beat('cron: "* * * * * */20 13"') });
  await record('mode change', ['plan']);
  await apply();

  const renamed = `moved: {from: reportStock}\nlifecycle: {allowReplace: true}\n${stock}`;
  await folder.write({ 'jobs/stock.yaml': job('stockReport', renamed) });
  await record('rename', ['plan', '--verbose']);
  await apply();

  const state = emulator.state();
  for (const schedule of state.jobs?.find(({ name }) => name === 'reportSales')?.schedules ?? [])
    schedule.active = false;
  emulator.setState(state);
  await record('drift json', ['drift', '-o', 'json']);

  await folder.write({
    'jobs/a.yaml': `apiVersion: reconcile/v1
kind: SapJob
metadata: {name: report}
spec:
  action: https://shop.example.com/reports
  schedules:
    daily: {cron: "0 6 * * *"}
`,
  });
  await record('validate', ['validate']);
  const { url, credentials, riversand } = emulator;
  printed.set('emulator', JSON.stringify({ url, credentials, riversand }));
  printed.set('lint', (await runCli(['lint', '-C', join(root, 'examples/sap')])).out);
  const { out } = await runCli(['demo'], {
    env: { PATH: process.env['PATH'], COLUMNS: '100' },
    now: Date.now,
    sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
  });
  printed.set('demo', out);
}, 60_000);

afterAll(async () => {
  await emulator.close();
  await folder.remove();
});

const shown = readPages()
  .flatMap(blocksOf)
  .filter((block): block is Block & { output: string } => block.output !== undefined);

/** What differs from run to run: dates, times, ids, ports, and how lines are wrapped. */
function steady(text: string): string {
  return text
    .replace(/(?:[A-Z][a-z]{2} )?\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?Z?/g, '<time>')
    .replace(
      /(?:(?:[A-Z][a-z]{2} \d{4}-\d\d-\d\d )?\d\d:\d\d(?::\d\d)?|<time>)(?:,\s+(?:(?:[A-Z][a-z]{2} \d{4}-\d\d-\d\d )?\d\d:\d\d(?::\d\d)?|<time>))*/g,
      '<time>',
    )
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replace(/127\.0\.0\.1:\d+/g, '<host>')
    .replace(/\/jobs\/\d+/g, '/jobs/<n>')
    .replace(/─+/g, '─')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Every property, however deep, without the values. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shape);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shape(item)]));
}

it('the documentation shows output', () => {
  expect(shown.map(({ output }) => output).sort()).toEqual([...printed.keys()].sort());
});

it.each(
  shown.filter(({ info }) => info === 'text').map((block) => [`${block.page}:${block.line}`, block] as const),
)('%s is what is printed, but for what `…` leaves out', (_, { text, output }) => {
  const real = steady(printed.get(output) ?? '');
  if (text.startsWith('{')) {
    const keys = [...text.matchAll(/"(\w+)":/g)].map(([, key]) => `"${key}":`);
    const compact = real.replaceAll('": ', '":').replaceAll('":', '":');
    expect(keys.filter((key) => !compact.includes(key))).toEqual([]);
    return;
  }
  let at = 0;
  for (const piece of text.split('…').map(steady).filter(Boolean)) {
    const found = real.indexOf(piece, at);
    expect(
      found,
      `after the last piece that was found, this is not printed: ${piece}`,
    ).toBeGreaterThanOrEqual(0);
    at = found + piece.length;
  }
});

it.each(
  shown.filter(({ info }) => info === 'json').map((block) => [`${block.page}:${block.line}`, block] as const),
)('%s has the properties that are printed', (_, { text, output }) => {
  const real = shape(JSON.parse(printed.get(output) ?? '')) as Record<string, unknown>;
  if (output !== 'state') expect(shape(JSON.parse(text))).toEqual(real);
  else expect(real).toMatchObject(shape(JSON.parse(text)) as object);
});
