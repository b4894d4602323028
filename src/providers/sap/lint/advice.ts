import type { Finding } from '../../../core/errors.ts';
import type { Pointer } from '../../../core/pointer.ts';
import type { LintCode } from './codes.ts';

/** One piece of advice. `better`: the text to write instead. */
export function advice(
  code: LintCode,
  severity: 'warning' | 'info',
  pointer: Pointer,
  message: string,
  more: { why?: string; better?: string; offset?: number } = {},
): Finding {
  const remedy = [more.why, more.better === undefined ? undefined : `Write: ${more.better}`]
    .filter((text) => text !== undefined)
    .join(' ');
  return {
    code,
    severity,
    message,
    pointer,
    ...(remedy !== '' && { remedy }),
    ...(more.offset !== undefined && { offset: more.offset }),
  };
}
