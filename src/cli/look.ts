import { styleText } from 'node:util';
import { makePalette, type Palette, plainPalette } from '../report/palette.ts';
import type { Io } from './io.ts';

const colourful = makePalette((styles, text) => styleText(styles, text, { validateStream: false }));

/** Colour on a terminal, unless `--color`, NO_COLOR or FORCE_COLOR say otherwise; in this order. */
export function paletteFor(color: string, isTerminal: boolean, env: Io['env']): Palette {
  if (color === 'always') return colourful;
  if (color === 'never') return plainPalette;
  if ((env['NO_COLOR'] ?? '') !== '') return plainPalette;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force === '0' || force === 'false' ? plainPalette : colourful;
  return isTerminal && env['TERM'] !== 'dumb' ? colourful : plainPalette;
}

/** Columns to fill: the terminal's (or COLUMNS), within what is still readable; 100 in a file. */
export function widthFor(io: Pick<Io, 'columns' | 'env'>): number {
  const wanted = Number(io.env['COLUMNS']);
  return Math.min(140, Math.max(40, io.columns ?? (wanted > 0 ? wanted : 100)));
}
