/**
 * Numbers as cron text: runs of three and more become a range, a whole progression of five and more a stepped range.
 * The text depends on the numbers alone, which is what makes it canonical. Expects a sorted list without doubles.
 */
export function numberListText(numbers: readonly number[], rangeSign = ':'): string {
  const step = commonStep(numbers);
  const first = numbers[0];
  const last = numbers[numbers.length - 1];
  if (step !== null && step > 1 && numbers.length >= 5) return `${first}${rangeSign}${last}/${step}`;
  return runs(numbers)
    .map(([from, to]) =>
      to - from >= 2 ? `${from}${rangeSign}${to}` : from === to ? `${from}` : `${from},${to}`,
    )
    .join(',');
}

/** `*`, or `*` with a step when the numbers are exactly every step-th from zero, else a list. For hours, minutes, seconds. */
export function clockListText(numbers: readonly number[], size: number, rangeSign = ':'): string {
  if (numbers.length === size) return '*';
  const step = commonStep(numbers);
  if (numbers[0] === 0 && step !== null && numbers.length === Math.ceil(size / step)) return `*/${step}`;
  return numberListText(numbers, rangeSign);
}

function commonStep(numbers: readonly number[]): number | null {
  const [first, second] = numbers;
  if (first === undefined || second === undefined) return null;
  const step = second - first;
  return numbers.every((n, i) => n === first + i * step) ? step : null;
}

function runs(numbers: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const n of numbers) {
    const last = found[found.length - 1];
    if (last !== undefined && last[1] === n - 1) last[1] = n;
    else found.push([n, n]);
  }
  return found;
}
