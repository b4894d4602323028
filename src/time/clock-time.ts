export type ClockTime = { hour: number; minute: number; second: number };

export function secondOfDay(time: ClockTime): number {
  return time.hour * 3600 + time.minute * 60 + time.second;
}

/** Hours 1 to 12 with am or pm as hours 0 to 23; null outside. */
export function fromTwelveHours(hour: number, half: string): number | null {
  if (hour < 1 || hour > 12) return null;
  return (hour % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0);
}

const CLOCK = /^(\d{1,2})[.:](\d{2})(?:[.:](\d{2}))?(?:\s*([ap]m))?$/i;

/** `18.40`, `4.40pm`, `17.20:30`, `09:00`, `6.00 AM`; null for anything else and for times that do not exist. */
export function readClockTime(text: string): ClockTime | null {
  const match = CLOCK.exec(text);
  if (match === null) return null;
  const [, hourText, minuteText, secondText = '0', half] = match;
  const hour = half === undefined ? Number(hourText) : fromTwelveHours(Number(hourText), half);
  const minute = Number(minuteText);
  const second = Number(secondText);
  if (hour === null || hour > 23 || minute > 59 || second > 59) return null;
  return { hour, minute, second };
}
