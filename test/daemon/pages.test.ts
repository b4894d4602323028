import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../src/core/resource.ts';
import { type Listening, listen } from '../../src/daemon/http/listen.ts';
import { createMetrics } from '../../src/daemon/http/metrics.ts';
import { loadPages } from '../../src/daemon/http/pages.ts';
import { createServer } from '../../src/daemon/http/server.ts';
import { settle } from './hand-clock.ts';
import { change, createWorld } from './world.ts';

const token = 'a-token-that-is-long-enough';
/** Set it to a folder to keep pictures of every page. */
const pictures = process.env['RECONCILE_TEST_PICTURES'];

let browser: Browser;
let daemon: Listening;
let world: ReturnType<typeof createWorld>;

function resources(count: number): Resource[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `job-${String(index).padStart(5, '0')}`;
    return {
      kind: 'Made',
      address: `Made/${name}`,
      name,
      identity: name,
      spec: {},
      canonical: {},
      parts: [{ key: 'daily', spec: {}, canonical: {} }],
      secrets: [],
    } as unknown as Resource;
  });
}

// The browser comes inside a package, for this platform alone.
describe.runIf(process.platform === 'linux' && process.arch === 'x64')('the pages', () => {
  beforeAll(async () => {
    world = createWorld({ names: ['dev', 'prod', 'wide'], watch: { mode: 'approve' } });
    world.desired = resources(10_000);
    const long = '0123456789abcdef'.repeat(12);
    const wide = change(`Made/${long}`, {
      patch: [{ op: 'replace', path: `/schedules/${long}/cron`, value: long }],
      warnings: [long],
    });
    world.differences = (name) =>
      name === 'wide'
        ? [wide]
        : name === 'prod' && world.applies.length === 0
          ? [
              change('Made/job-00003', {
                patch: [{ op: 'replace', path: '/schedules/daily/cron', value: 'after <b>bold</b>' }],
                fields: [
                  {
                    path: '/schedules/daily/cron',
                    reason: 'edited',
                    healed: true,
                    live: 'before',
                    desired: 'after',
                  },
                ],
              }),
            ]
          : [];
    await world.start();
    const app = createServer({
      watch: world.daemon,
      metrics: createMetrics(world.daemon, '1.2.3'),
      asking: {
        history: async () => [],
        runLogs: async () => undefined,
        calendar: () =>
          '<svg xmlns="http://www.w3.org/2000/svg" width="800" height="200"><style>rect{fill:#0b5cad}</style><rect width="800" height="200"/></svg>',
      },
      now: world.clock.now,
      token,
      guardReads: false,
      pages: loadPages(),
      log: () => undefined,
    });
    daemon = await listen(app, { host: '127.0.0.1', port: 0 });
    browser = await playwright.launch({
      executablePath: await chromium.executablePath(),
      args: ['--no-sandbox', '--disable-gpu'],
      headless: true,
    });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await daemon?.close();
  });

  const troubles: string[] = [];

  async function open(hash: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
    const page = await browser.newPage(options);
    page.on('pageerror', (error) => void troubles.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') troubles.push(message.text());
    });
    await page.goto(`${daemon.url}/${hash}`);
    await page.waitForSelector('main h1');
    return page;
  }

  it('show the targets, with words and not by colour alone', async () => {
    const page = await open('#/');
    await page.waitForSelector('.card');
    const text = await page.innerText('main');
    expect(text).toContain('prod');
    expect(text).toContain('differs');
    expect(text).toContain('in step');
    expect(text).toContain('Waits for an approval');
    await page.close();
  });

  it('show the plan of a target as text, never as markup, and page through 10,000 objects at the daemon', async () => {
    const page = await open('#/prod');
    await page.waitForSelector('text=1 to 25 of 10000');
    expect(await page.innerText('main')).toContain('after <b>bold</b>');
    expect(await page.locator('tbody tr').count()).toBeLessThan(100);
    await page.fill('input[type=search]', 'JOB-00042');
    await page.waitForSelector('text=1 found');
    await page.fill('input[type=search]', '');
    await page.click('text=Later');
    await page.waitForSelector('text=26 to 50 of 10000');
    await page.close();
  });

  it('take actions only with the token, and say why not', async () => {
    const page = await open('#/prod');
    await page.click('text=Reconcile now');
    await page.waitForSelector('text=The bearer token is missing or wrong.');
    await page.fill('header input[type=password]', token);
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=Forget the token');
    await page.fill('text=Your name, for the audit log', 'somebody');
    await page.click('text=Approve this plan');
    await page.waitForSelector('text=Done.');
    await settle();
    // The second look, which confirms what was written.
    await world.clock.advance(5_000);
    await page.waitForSelector('text=Nothing to do');
    expect(world.applies).toHaveLength(1);
    expect(world.events.some(({ type, who }) => type === 'approved' && who === 'somebody')).toBe(true);
    await page.close();
  });

  it('follow what happens by themselves', async () => {
    const page = await open('#/');
    await page.waitForSelector('.card');
    await world.daemon.targets.get('dev')?.pause({ reason: 'a long migration', at: 0, by: 'ops' });
    await settle();
    await page.goto(`${daemon.url}/#/dev`);
    await page.waitForSelector('text=Paused by ops');
    await world.daemon.targets.get('dev')?.resume('ops');
    await page.waitForSelector('text=Paused by ops', { state: 'detached' });
    await page.close();
  });

  it('can be used with the keyboard: the first stop leads to the content', async () => {
    const page = await open('#/');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('To the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN');
    const unnamed = await page.evaluate(
      `[...document.querySelectorAll('input, select, button')].filter((item) => !(item.labels?.length > 0 || item.textContent.trim() !== '')).length`,
    );
    expect(unnamed).toBe(0);
    await page.close();
  });

  it.each([
    ['light', { colorScheme: 'light' as const }],
    ['dark', { colorScheme: 'dark' as const }],
    ['phone', { colorScheme: 'light' as const, viewport: { width: 390, height: 844 } }],
  ])(
    'fit the window (%s) without sideways scrolling, and break no rule of the content policy',
    async (name, options) => {
      const page = await open('#/', options);
      for (const [shot, hash] of Object.entries({
        overview: '#/',
        target: '#/prod',
        wide: '#/wide',
        object: '#/prod/object/Made%2Fjob-00003',
        calendar: '#/prod/calendar',
      })) {
        await page.goto(`${daemon.url}/${hash}`);
        await page.waitForSelector({ calendar: 'img.picture', wide: 'text=Digest' }[shot] ?? 'main h1');
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(
          0,
        );
        if (pictures !== undefined) {
          mkdirSync(pictures, { recursive: true });
          await page.screenshot({ path: join(pictures, `${name}-${shot}.png`), fullPage: true });
        }
      }
      await page.close();
      expect(troubles.filter((text) => !text.includes('status of 40'))).toEqual([]);
    },
  );
});
