import type { HttpExchange } from '../core/errors.ts';
import type { ErrorView } from './error-view.ts';
import { findingLines } from './findings-text.ts';
import type { RenderOptions } from './palette.ts';
import { oneLine, printable, sentence } from './text.ts';

const LONGEST_BODY = 2000;

/** An error for people: what happened, the service's own words, what to do. `verbose` adds the chain of causes. */
export function renderErrorText(error: ErrorView, options: RenderOptions): string {
  const { palette, width, verbose } = options;
  const lines = [
    ...error.findings.flatMap((finding) => findingLines(finding, options)),
    ...(error.findings.length > 0 ? [''] : []),
    ...sentence(`${palette.alarm(`error ${error.code}`)} `, error.message, width),
    ...(error.exchange === undefined ? [] : exchangeLines(error.exchange, '  ', options)),
    ...(verbose ? error.causes.flatMap((cause) => sentence('  because: ', cause, width, palette.faint)) : []),
    ...(verbose && error.stack !== undefined
      ? error.stack
          .split('\n')
          .slice(1)
          .map((line) => palette.faint(printable(line)))
      : []),
    ...(error.remedy === undefined ? [] : sentence('  → ', error.remedy, width, palette.accent)),
  ];
  return `${lines.join('\n')}\n`;
}

/** A refused request and its answer; the secrets are already gone. */
export function exchangeLines(exchange: HttpExchange, indent: string, options: RenderOptions): string[] {
  const { palette, width, verbose } = options;
  const status = exchange.status === undefined ? 'no answer' : `answered ${exchange.status}`;
  const request = exchange.request === undefined || !verbose ? [] : [shorten(exchange.request)];
  return [
    `${indent}${palette.faint('request:')} ${exchange.method} ${oneLine(exchange.url)} ${palette.faint(`(${status})`)}`,
    ...request.flatMap((body) => sentence(`${indent}${palette.faint('sent:')} `, body, width)),
    ...(exchange.response === undefined || exchange.response === ''
      ? []
      : sentence(`${indent}${palette.faint('the service says:')} `, shorten(exchange.response), width)),
  ];
}

function shorten(text: string): string {
  return text.length > LONGEST_BODY ? `${text.slice(0, LONGEST_BODY)}…` : text;
}
