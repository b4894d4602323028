export { formatInstant } from './calendar.ts';
export { compareRuns, type RunList } from './compare-runs.ts';
export { type Crontab, crontabToSapCron, parseCrontab } from './crontab.ts';
export { englishKind, readEnglishTime } from './english-time.ts';
export { formatIsoDuration, parseIsoDuration } from './iso-duration.ts';
export type { Parsed, TimeIssue } from './issue.ts';
export { formatRepeatAt, parseRepeatAt } from './repeat-at.ts';
export { formatRepeatInterval, parseRepeatInterval } from './repeat-interval.ts';
export { formatRiversandTime, parseRiversandTime, type RiversandTime } from './riversand-time.ts';
export { nextSapCron, sapCronFires } from './sap-cron-fires.ts';
export { equalSapCron, formatSapCron } from './sap-cron-format.ts';
export type { SapCron } from './sap-cron-model.ts';
export { parseSapCron } from './sap-cron-parse.ts';
export { sapCronToCrontab } from './sap-cron-to-crontab.ts';
export { parseSapDate, type SapDate } from './sap-date.ts';
export {
  type Bounds,
  fires,
  fireTimes,
  intersectBounds,
  nextFire,
  type Phase,
  type Timing,
  type Window,
} from './timing.ts';
export { words } from './words.ts';
