import type { Finding } from '../core/errors.ts';
import { nameLoad, nameLoads, type PlacedLoad } from './placed-load.ts';
import { HORIZON_DAYS, MINUTE, minuteText, type Timetable } from './timetable.ts';

/**
 * Schedules that call the same endpoint in the same minute, one finding for each that joins an earlier one. What runs in
 * every other minute or more often cannot be kept apart from anything and is left out.
 */
export function overlapFindings(loads: readonly PlacedLoad[], timetable: Timetable): Finding[] {
  const byEndpoint = new Map<string, PlacedLoad[]>();
  const most = (timetable.until - timetable.from) / MINUTE / 2;
  for (const load of loads) {
    const group = byEndpoint.get(load.endpoint);
    if (group === undefined) byEndpoint.set(load.endpoint, [load]);
    else group.push(load);
  }
  return [...byEndpoint.values()]
    .filter((group) => group.length > 1)
    .flatMap((group) =>
      inGroup(
        group.filter((load) => timetable.minutesOf(load).length < most),
        timetable,
      ),
    );
}

function inGroup(group: readonly PlacedLoad[], timetable: Timetable): Finding[] {
  const takenBy = new Map<number, PlacedLoad[]>();
  return group.flatMap((load) => {
    const others = new Set<PlacedLoad>();
    let first: number | undefined;
    let count = 0;
    for (const minute of timetable.minutesOf(load)) {
      const there = takenBy.get(minute);
      if (there === undefined) {
        takenBy.set(minute, [load]);
        continue;
      }
      count += 1;
      first ??= minute;
      for (const other of there) others.add(other);
      there.push(load);
    }
    if (first === undefined) return [];
    return [toFinding(load, [...others], { first, count }, timetable)];
  });
}

function toFinding(
  load: PlacedLoad,
  others: readonly PlacedLoad[],
  { first, count }: { first: number; count: number },
  timetable: Timetable,
): Finding {
  const same = others.filter(({ payload }) => payload === load.payload);
  const times = `in the same minute ${count} time${count === 1 ? '' : 's'} in ${HORIZON_DAYS} days, first on ${minuteText(timetable, first)}`;
  const better = load.better === undefined ? '' : ` Write: ${load.better}`;
  const place = { pointer: load.pointer, address: load.address };
  if (same.length > 0) {
    return {
      code: 'LINT_SAME_REQUEST',
      severity: 'warning',
      message: `${nameLoad(load)} sends the same request as ${nameLoads(same)}, ${times}.`,
      remedy: `Is one of them left over? If both are meant, keep them apart.${better}`,
      ...place,
    };
  }
  return {
    code: 'LINT_OVERLAP',
    severity: 'info',
    message: `${nameLoad(load)} calls the same endpoint as ${nameLoads(others)}, ${times}.`,
    remedy: `Their runs overlap there. Keep them apart if the application does not expect that.${better}`,
    ...place,
  };
}
