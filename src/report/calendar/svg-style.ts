/** Colours of the picture and the page, light and dark. The names are what the classes below use. */
const light = {
  paper: '#ffffff',
  ink: '#1c2127',
  soft: '#5c6672',
  line: '#e3e7ec',
  track: '#f3f5f8',
  shade: '#f8f9fb',
  l1: '#5f9be0',
  l2: '#2f74c9',
  l3: '#1b549d',
  l4: '#0c2f63',
  area: '#8fb8ea',
  peak: '#c2410c',
} as const;

const dark: Record<keyof typeof light, string> = {
  paper: '#14171b',
  ink: '#e7eaee',
  soft: '#9aa5b1',
  line: '#2b3138',
  track: '#1c2126',
  shade: '#181c20',
  l1: '#3f73b0',
  l2: '#5c99df',
  l3: '#93c0f3',
  l4: '#d6e8ff',
  area: '#3d6ea8',
  peak: '#fb923c',
};

function variables(colours: Readonly<Record<string, string>>): string {
  return Object.entries(colours)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');
}

/** Variables for `selector`, by what the reader prefers. */
export function themeStyle(selector: string): string {
  return `${selector}{color-scheme:light dark;${variables(light)}}@media (prefers-color-scheme:dark){${selector}{${variables(dark)}}}`;
}

export const fontStack = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";

/** Style of the picture; every class begins with `rc-`, because it may stand in a page. */
export const pictureStyle = [
  `.rc text{font-family:${fontStack};font-size:12px;fill:var(--ink)}`,
  '.rc .rc-title{font-size:21px;font-weight:650}',
  '.rc .rc-lead{font-size:13px;fill:var(--soft)}',
  '.rc .rc-soft{fill:var(--soft)}',
  '.rc .rc-small{font-size:11px;fill:var(--soft)}',
  '.rc .rc-head{font-weight:600}',
  '.rc .rc-num{font-variant-numeric:tabular-nums;text-anchor:end}',
  '.rc .rc-axis{font-size:11px;fill:var(--soft);text-anchor:end;font-variant-numeric:tabular-nums}',
  '.rc-paper{fill:var(--paper)}.rc-track{fill:var(--track)}.rc-shade{fill:var(--shade)}',
  '.rc-line{stroke:var(--line);fill:none;shape-rendering:crispEdges}',
  '.rc-area{fill:var(--area)}.rc-hot{fill:var(--peak)}',
  '.rc-mark{fill:none}.rc-l1{stroke:var(--l1)}.rc-l2{stroke:var(--l2)}.rc-l3{stroke:var(--l3)}.rc-l4{stroke:var(--l4)}',
  '.rc-dot{fill:var(--peak);stroke:var(--paper);stroke-width:1.5}',
  '.rc .rc-no{fill:var(--paper);font-size:10px;font-weight:700;text-anchor:middle}',
].join('');
