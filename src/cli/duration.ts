import { InvalidArgumentError } from 'commander';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const LONGEST = 24 * 3_600_000;

/** `90s`, `5m`, `1h` → ms; for options. At most a day. */
export function duration(text: string): number {
  const [, digits, unit] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Number(digits) * (units[unit ?? ''] ?? Number.NaN);
  if (Number.isNaN(ms) || ms === 0 || ms > LONGEST) {
    throw new InvalidArgumentError(
      'Expected a number and a unit, such as 90s, 5m or 1h (more than 0, at most 24h).',
    );
  }
  return ms;
}
