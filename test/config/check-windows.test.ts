import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load-config.ts';

const config = (window: string): string => `apiVersion: reconcile/v1
kind: Config
manifests: [jobs/*.yaml]
targets:
  prod:
    provider: sap
    credentials: {token: t}
    watch:
      windows:
        - {type: allow, cron: "0 22 * * 1-5", duration: 6h, timeZone: Europe/Berlin}
        - ${window}
`;

function findings(window: string) {
  return parseConfig(new TextEncoder().encode(config(window)), '/p/reconcile.yaml', 'reconcile.yaml')
    .findings;
}

describe('the windows of watch in the config', () => {
  it.each(['0 0 24 12 *', '*/15 8-18 * * MON-FRI', '0 0 29 2 *', '0 0 L * *', '@daily'])(
    'a cron that can be read is taken: %s',
    (cron) => {
      expect(findings(`{type: deny, cron: "${cron}", duration: 1h}`)).toEqual([]);
    },
  );

  it.each([
    ['soon', 'cannot be read'],
    ['0 25 * * *', 'cannot be read'],
    ['0 22 * *', 'cannot be read'],
    ['* * * * * 22 0', 'cannot be read'],
    ['0 0 31 2 *', 'names no date that exists'],
  ])('a cron that never comes true is an error at its place: "%s"', (cron, why) => {
    expect(findings(`{type: deny, cron: "${cron}", duration: 1h}`)).toMatchObject([
      {
        code: 'WINDOW_CRON',
        severity: 'error',
        message: expect.stringContaining(why),
        pointer: '/targets/prod/watch/windows/1/cron',
        place: { file: 'reconcile.yaml', line: 11, col: 30 },
      },
    ]);
  });

  it.each(['Berlin', 'Europe/Nowhere'])('a time zone that does not exist is an error: "%s"', (timeZone) => {
    const window = `{type: deny, cron: "0 0 * * *", duration: 1h, timeZone: "${timeZone}"}`;
    expect(findings(window)).toMatchObject([{ code: 'WINDOW_TIME_ZONE', place: { line: 11, col: 67 } }]);
  });
});
