/**
 * Downloads the pages that a plan reads, and does nothing else with them: the yardstick for `plan`.
 * node bench/download.mjs <url> <service key as JSON>
 */
import { Pool } from 'undici';

const [url = '', key = '{}'] = process.argv.slice(2);
const { uaa } = JSON.parse(key);
const pool = new Pool(url, { connections: 16 });

/** @param {import('undici').Dispatcher.RequestOptions} options */
async function json(options) {
  const { statusCode, body } = await pool.request(options);
  if (statusCode !== 200) throw new Error(`${options.path}: ${statusCode}`);
  return /** @type {any} */ (await body.json());
}

const token = await json({
  path: '/oauth/token',
  method: 'POST',
  headers: {
    authorization: `Basic ${btoa(`${uaa.clientid}:${uaa.clientsecret}`)}`,
    'content-type': 'application/x-www-form-urlencoded',
  },
  body: 'grant_type=client_credentials',
});
const headers = { authorization: `Bearer ${token.access_token}` };

/** @param {string} path */
async function pages(path) {
  const page = (offset) => json({ path: `${path}page_size=100&offset=${offset}`, method: 'GET', headers });
  const { total } = await page(0);
  const offsets = Array.from(
    { length: Math.max(0, Math.ceil(total / 100) - 1) },
    (_, index) => 100 * (index + 1),
  );
  await Promise.all(offsets.map(page));
  return 1 + offsets.length;
}

const counts = await Promise.all([
  pages('/scheduler/jobs?'),
  pages('/scheduler/search/schedules?q=active%3Atrue&'),
  pages('/scheduler/search/schedules?q=active%3Afalse&'),
]);
await pool.close();
process.stdout.write(`${1 + counts.reduce((sum, count) => sum + count, 0)}\n`);
