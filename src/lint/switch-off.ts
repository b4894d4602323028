import type { Finding } from '../core/errors.ts';
import type { Place } from '../core/resource.ts';
import type { Disable } from './disable-comments.ts';

/** A code as the config names it. */
export interface DisabledCode {
  code: string;
  place: Place;
}

export interface SwitchedOff {
  findings: Finding[];
  /** How many findings were left out. */
  hidden: number;
}

/**
 * Leaves out what config and comments switch off, and adds a warning for each code in them that does not exist. Errors
 * cannot be switched off.
 */
export function switchOff(
  findings: readonly Finding[],
  rules: { config: readonly DisabledCode[]; comments: readonly Disable[]; known: ReadonlySet<string> },
): SwitchedOff {
  const everywhere = new Set(rules.config.map(({ code }) => code));
  const onLine = new Set(rules.comments.map(({ code, place, line }) => lineKey(place.file, line, code)));
  const isOff = ({ code, severity, place }: Finding) =>
    severity !== 'error' &&
    (everywhere.has(code) || (place !== undefined && onLine.has(lineKey(place.file, place.line, code))));
  const unknown = [...rules.config, ...rules.comments]
    .filter(({ code }) => !rules.known.has(code))
    .map(({ code, place }) => unknownCode(code, place, rules.known));
  const all = [...findings, ...unknown];
  const shown = all.filter((finding) => !isOff(finding));
  return { findings: shown, hidden: all.length - shown.length };
}

function lineKey(file: string, line: number, code: string): string {
  return JSON.stringify([file, line, code]);
}

function unknownCode(code: string, place: Place, known: ReadonlySet<string>): Finding {
  const near = [...known].find((one) => plain(one) === plain(code) || plain(one) === plain(`LINT_${code}`));
  return {
    code: 'LINT_UNKNOWN_CODE',
    severity: 'warning',
    message: `There is no advice with the code ${JSON.stringify(code)}, so nothing is switched off.`,
    remedy:
      near === undefined
        ? 'docs/lint.md lists the codes. Put a reason after ` -- `.'
        : `Did you mean ${near}?`,
    place,
  };
}

function plain(code: string): string {
  return code.toUpperCase().replace(/[^A-Z]/g, '');
}
