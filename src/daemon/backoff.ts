const FIRST = 5_000;
const LONGEST = 5 * 60_000;

/** How long to wait before try number `attempt` (1, 2, …), ms: full jitter, so that daemons that failed together do not come back together. */
export function backoff(attempt: number, random: () => number): number {
  const ceiling = Math.min(LONGEST, FIRST * 2 ** Math.min(attempt - 1, 20));
  return Math.max(1_000, Math.round(random() * ceiling));
}
