/** What has a colour of its own, in picture and page. */
interface Colours {
  paper: string;
  ink: string;
  soft: string;
  line: string;
  /** The empty lane. */
  track: string;
  weekend: string;
  /** Few runs to many. */
  levels: readonly [string, string, string, string];
  area: string;
  peak: string;
}

const light: Colours = {
  paper: '#ffffff',
  ink: '#1c2127',
  soft: '#5c6672',
  line: '#e2e6ec',
  track: '#f2f4f7',
  weekend: '#f6f8fb',
  levels: ['#5f9be0', '#2f74c9', '#1b549d', '#0c2f63'],
  area: '#8fb8ea',
  peak: '#c2410c',
};

const dark: Colours = {
  paper: '#14171b',
  ink: '#e7eaee',
  soft: '#9aa5b1',
  line: '#2c333a',
  track: '#20262c',
  weekend: '#1a1f24',
  levels: ['#4479b8', '#5f9ce2', '#97c3f5', '#dcebff'],
  area: '#3d6ea8',
  peak: '#fb923c',
};

export const fontStack = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";

/** Rules without colours; every class begins with `rc`, because the picture may stand in a page. */
const shapes = [
  `.rc text{font-family:${fontStack};font-size:12px}`,
  '.rc .rc-title{font-size:21px;font-weight:650}',
  '.rc .rc-lead{font-size:13px}',
  '.rc .rc-small{font-size:11px}',
  '.rc .rc-head{font-weight:600}',
  '.rc .rc-end{text-anchor:end;font-variant-numeric:tabular-nums}',
  '.rc .rc-no{font-size:10px;font-weight:700;text-anchor:middle}',
  '.rc-line,.rc-mark,.rc-lead-line{fill:none}',
  '.rc-line{shape-rendering:crispEdges}',
  '.rc-dot{stroke-width:1.5}.rc-lead-line{stroke-dasharray:1.5 2.5}',
].join('');

function pictureColours({ paper, ink, soft, line, track, weekend, levels, area, peak }: Colours): string {
  return [
    `.rc text{fill:${ink}}.rc .rc-soft,.rc .rc-lead,.rc .rc-small{fill:${soft}}.rc .rc-day{fill:${ink}}`,
    `.rc-paper{fill:${paper}}.rc-track{fill:${track}}.rc-weekend{fill:${weekend}}.rc-line{stroke:${line}}`,
    ...levels.map((colour, index) => `.rc-l${index + 1}{stroke:${colour}}`),
    `.rc-area{fill:${area}}.rc-hot,.rc-dot{fill:${peak}}.rc-dot{stroke:${paper}}.rc-lead-line{stroke:${peak}}`,
    `.rc .rc-no{fill:${paper}}`,
  ].join('');
}

function pageColours({ paper, ink, soft, line, peak }: Colours): string {
  return `body{background:${paper};color:${ink}}p,thead th,td.soft{color:${soft}}p b{color:${ink}}th,td{border-color:${line}}.no{background:${peak};color:${paper}}`;
}

/** Plain colours, no variables: not every viewer of pictures knows them, and then all would be black. */
function both(rules: (colours: Colours) => string): string {
  return `${rules(light)}@media (prefers-color-scheme:dark){${rules(dark)}}`;
}

/** The style of the picture, light and dark. */
export const pictureStyle = `${shapes}${both(pictureColours)}`;

/** The colours of the page around it. */
export const pageStyle = `:root{color-scheme:light dark}${both(pageColours)}`;
