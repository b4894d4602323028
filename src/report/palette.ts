/** The colours of the house, by meaning. Each entry wraps a text; without colour it returns it as it is. */
export interface Palette {
  create(text: string): string;
  change(text: string): string;
  remove(text: string): string;
  warn(text: string): string;
  alarm(text: string): string;
  good(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
  accent(text: string): string;
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** How `util.styleText` paints: a list of styles around a text. */
export type Styler = (styles: Style[], text: string) => string;

/** The colours, painted by `style`; without one, all texts stay plain. */
export function makePalette(style?: Styler): Palette {
  const paint =
    (...styles: Style[]) =>
    (text: string): string =>
      style === undefined || text === '' ? text : style(styles, text);
  return {
    create: paint('green'),
    change: paint('yellow'),
    remove: paint('red'),
    warn: paint('yellow'),
    alarm: paint('bold', 'red'),
    good: paint('green'),
    strong: paint('bold'),
    faint: paint('dim'),
    accent: paint('cyan'),
  };
}

export const plainPalette: Palette = makePalette();

/** How a renderer shall write: colours, the width of the terminal in columns, and whether details are wanted. */
export interface RenderOptions {
  palette: Palette;
  width: number;
  verbose: boolean;
}
