import { InvalidArgumentError } from 'commander';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: HOUR, d: DAY };
const LONGEST = 24 * HOUR;
const FARTHEST = 3660 * DAY;

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

/** `36h`, `30d`, `366d` → ms: how far to look ahead. From an hour to ten years. */
export function horizon(text: string): number {
  const [, digits, unit] = /^(\d{1,9})(h|d)$/.exec(text) ?? [];
  const ms = Number(digits) * (units[unit ?? ''] ?? Number.NaN);
  if (Number.isNaN(ms) || ms < HOUR || ms > FARTHEST) {
    throw new InvalidArgumentError('Expected hours or days, such as 36h or 30d (1h to 3660d).');
  }
  return ms;
}
