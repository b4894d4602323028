/**
 * 100,000 random SAP crons against the evaluator that walks, and 20,000 random crontabs against croner.
 * Run: npx vitest bench --run bench/time-fires.bench.ts   (RUNS=1000 for fewer)
 */
import { Cron } from 'croner';
import { bench, describe } from 'vitest';
import { crontabToSapCron, formatSapCron, nextSapCron, parseSapCron } from '../src/time/index.ts';
import { oracleMatches, oracleNext } from '../test/time/cron-oracle.ts';
import { randomCrontab, randomFrom, randomSapCron } from '../test/time/random-cron.ts';

const runs = Number(process.env['RUNS'] ?? 100_000);
const once = { iterations: 1, time: 0, warmupIterations: 0, warmupTime: 0, throws: true };
const WALK_DAYS = 800;

describe('fire times', () => {
  bench(
    `${runs} random SAP crons agree with walking`,
    () => {
      let far = 0;
      let never = 0;
      for (let seed = 1; seed <= runs; seed++) {
        const random = randomFrom(seed);
        const text = randomSapCron(random);
        const parsed = parseSapCron(text);
        if (!parsed.ok) throw new Error(`${text}: ${parsed.issue.message}`);
        const after = Date.UTC(1990, 0, 1) + Math.floor(random() * 70 * 365.25 * 86_400_000);
        const next = nextSapCron(parsed.value, after);
        const walked = oracleNext(text, after, WALK_DAYS);
        const agrees =
          walked === undefined
            ? next === null || (next > after + (WALK_DAYS - 1) * 86_400_000 && oracleMatches(text, next))
            : next === walked;
        if (!agrees) throw new Error(`${text} after ${after}: ${next}, walked ${walked}`);
        if (next === null) never++;
        else if (walked === undefined) far++;
        const canonical = parseSapCron(formatSapCron(parsed.value));
        if (!canonical.ok || nextSapCron(canonical.value, after) !== next)
          throw new Error(`${text}: canonical text differs`);
      }
      console.log(`${runs} crons agree; ${far} first fire beyond ${WALK_DAYS} days, ${never} never again`);
    },
    once,
  );

  const crontabs = Math.ceil(runs / 5);
  bench(
    `${crontabs} random crontabs agree with croner`,
    () => {
      let fires = 0;
      for (let seed = 1; seed <= crontabs; seed++) {
        const random = randomFrom(seed);
        const text = randomCrontab(random);
        const translated = crontabToSapCron(text);
        if (!translated.ok) throw new Error(`${text}: ${translated.issue.message}`);
        const cron = parseSapCron(translated.value.cron);
        if (!cron.ok) throw new Error(`${translated.value.cron}: ${cron.issue.message}`);
        let at = Date.UTC(2000, 0, 1) + Math.floor(random() * 50 * 365.25 * 86_400_000);
        for (const date of new Cron(text, { timezone: 'UTC' }).nextRuns(3, new Date(at))) {
          const next = nextSapCron(cron.value, at);
          if (next !== date.getTime()) throw new Error(`${text}: ${next}, croner ${date.getTime()}`);
          at = next;
          fires++;
        }
      }
      console.log(`${crontabs} crontabs, ${fires} fires agree`);
    },
    once,
  );
});
