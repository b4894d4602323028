import chromium from '@sparticuz/chromium';
import { chromium as play } from 'playwright-core';
const browser = await play.launch({ executablePath: await chromium.executablePath(), args: ['--no-sandbox', '--disable-gpu'], headless: true });
const [,, base, out, tokenText] = process.argv;
for (const [name, options] of Object.entries({ light: { colorScheme: 'light' }, dark: { colorScheme: 'dark' }, phone: { colorScheme: 'light', viewport: { width: 390, height: 844 } } })) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, ...options });
  page.on('console', (m) => console.log(name, m.type(), m.text()));
  page.on('pageerror', (e) => console.log(name, 'ERROR', e.message));
  await page.goto(base);
  if (tokenText) await page.evaluate((t) => sessionStorage.setItem('reconcile-token', t), tokenText);
  for (const [shot, hash] of Object.entries({ overview: '#/', target: '#/dev', schedule: '#/dev/object/SapJob%2Fjob-0003/daily', calendar: '#/dev/calendar' })) {
    await page.goto(`${base}/${hash}`);
    await page.waitForTimeout(1500);
    await page.screenshot({ path: `${out}/${name}-${shot}.png`, fullPage: false });
  }
  await page.close();
}
await browser.close();
