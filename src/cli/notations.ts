export const notations = ['cron', 'crontab', 'time', 'repeatInterval', 'repeatAt', 'duration'] as const;
export type Notation = (typeof notations)[number];
