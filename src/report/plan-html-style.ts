import { fontStack } from './calendar/svg-style.ts';

/** What has a colour of its own on the page. */
interface Colours {
  paper: string;
  card: string;
  ink: string;
  soft: string;
  line: string;
  create: string;
  createBack: string;
  change: string;
  remove: string;
  removeBack: string;
  warn: string;
  warnBack: string;
  adopt: string;
}

const light: Colours = {
  paper: '#ffffff',
  card: '#f6f8fa',
  ink: '#1c2127',
  soft: '#57606a',
  line: '#d5dbe1',
  create: '#116329',
  createBack: '#dff5e3',
  change: '#7a4a00',
  remove: '#b3141b',
  removeBack: '#fde7e7',
  warn: '#8a4600',
  warnBack: '#fff1d6',
  adopt: '#0a4ea3',
};

const dark: Colours = {
  paper: '#14171b',
  card: '#1c2127',
  ink: '#e7eaee',
  soft: '#a3adb8',
  line: '#343c45',
  create: '#6fd38a',
  createBack: '#12301c',
  change: '#e3b04b',
  remove: '#ff8a84',
  removeBack: '#3a1618',
  warn: '#ffb454',
  warnBack: '#362508',
  adopt: '#7db8ff',
};

const monospace = "ui-monospace,SFMono-Regular,Consolas,'Liberation Mono',monospace";

const shapes = [
  '*{box-sizing:border-box}',
  `body{margin:0;font:15px/1.5 ${fontStack}}`,
  'main{max-width:1040px;margin:0 auto;padding:32px 24px 56px}',
  'h1{font-size:26px;line-height:1.2;margin:0 0 4px}h2{font-size:20px;margin:0 0 2px;overflow-wrap:anywhere}',
  'h3{font-size:16px;margin:28px 0 8px}',
  'p{margin:0 0 6px}ul{margin:4px 0 8px;padding-left:22px}li{margin:2px 0}',
  `code,pre,.mono{font-family:${monospace};font-size:13px}code,.mono{overflow-wrap:anywhere}`,
  'pre{margin:4px 0 8px;padding:8px 10px;border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere}',
  'nav ul{list-style:none;padding:0;margin:12px 0 0}nav li{margin:4px 0}',
  'section{margin-top:36px}',
  '.counts{display:flex;flex-wrap:wrap;gap:6px;margin:10px 0 0;padding:0;list-style:none}',
  '.counts li,.tag{border:1px solid;border-radius:12px;padding:1px 10px;font-size:13px;margin:0}',
  '.tag{padding:0 8px;font-size:12px;font-weight:600;white-space:nowrap}',
  '.box{border:1px solid;border-left-width:5px;border-radius:6px;padding:10px 14px;margin:12px 0}',
  '.box>p:first-child{font-weight:650}',
  '.change{border:1px solid;border-left-width:5px;border-radius:6px;margin:8px 0}',
  '.change>summary{cursor:pointer;padding:8px 12px;display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 10px;list-style:none}',
  '.change>summary b{font-weight:650;overflow-wrap:anywhere}',
  ".change>summary::before{content:'▸'}.change[open]>summary::before{content:'▾'}.change>summary::-webkit-details-marker{display:none}",
  '.sign{font-weight:700;min-width:1.6em}',
  '.body{padding:2px 14px 10px 14px}.body:empty{display:none}',
  '.part{border-top:1px solid;margin-top:8px;padding-top:8px}',
  '.part>p:first-child{font-weight:600}',
  'table{border-collapse:collapse;width:100%;margin:4px 0 8px}',
  'th,td{text-align:left;vertical-align:top;padding:3px 14px 3px 0;overflow-wrap:anywhere}',
  'th{font-weight:500;width:1%;white-space:nowrap;font-size:14px}',
  'del,ins{text-decoration:none;border-radius:3px;padding:0 3px}del{text-decoration:line-through}',
  'pre del,pre ins{display:block;text-decoration:none}',
  '.runs{display:flex;flex-wrap:wrap;gap:4px}',
  '.runs span{border:1px solid;border-radius:4px;padding:0 6px;font-size:13px;font-variant-numeric:tabular-nums;white-space:nowrap}',
  '.runs .missed{text-decoration:line-through}.runs .missed,.runs .extra{font-weight:600}',
  'details.requests{margin-top:8px}details.requests summary{cursor:pointer;font-size:13px}',
  'footer{margin-top:40px;border-top:1px solid;padding-top:12px;font-size:13px}',
  '@media(max-width:640px){main{padding:20px 14px 40px}th{white-space:normal;width:30%}th,td{padding-right:8px}.body{padding:2px 10px 10px}}',
].join('');

function colours(c: Colours): string {
  return [
    `body{background:${c.paper};color:${c.ink}}a{color:${c.adopt}}`,
    `.soft,th,footer,details.requests summary{color:${c.soft}}`,
    `pre,.runs span{background:${c.card}}`,
    `.counts li,.change,.part,.runs span,footer,.box{border-color:${c.line}}`,
    `.change>summary{background:${c.card}}`,
    `.create{border-left-color:${c.create}}.update,.replace{border-left-color:${c.change}}.adopt{border-left-color:${c.adopt}}`,
    `.deactivate,.forget,.delete{border-left-color:${c.remove}}`,
    `.create .sign{color:${c.create}}.update .sign,.replace .sign{color:${c.change}}.adopt .sign{color:${c.adopt}}`,
    `.deactivate .sign,.forget .sign{color:${c.remove}}`,
    `.delete,.delete>summary{border-color:${c.remove}}.delete>summary,h3.loud,.counts .gone{background:${c.removeBack};color:${c.remove}}`,
    `h3.loud{border-radius:6px;padding:8px 12px}.counts .gone{border-color:${c.remove};font-weight:650}`,
    `.tag{border-color:${c.warn};color:${c.warn};background:${c.warnBack}}.tag.loud{border-color:${c.remove};color:${c.remove};background:${c.removeBack}}`,
    `.box.refused{border-color:${c.remove};background:${c.removeBack}}.box.refused>p:first-child{color:${c.remove}}`,
    `.box.warning{border-color:${c.warn};background:${c.warnBack}}.box.warning>p:first-child{color:${c.warn}}`,
    `.warn{color:${c.warn}}.loss{color:${c.remove};font-weight:600}.fine{color:${c.create}}`,
    `del{background:${c.removeBack};color:${c.remove}}ins{background:${c.createBack};color:${c.create}}`,
    `.runs .missed{background:${c.removeBack};color:${c.remove};border-color:${c.remove}}.runs .extra{background:${c.warnBack};color:${c.warn};border-color:${c.warn}}`,
  ].join('');
}

/** Folded changes are unfolded on paper, which is always light; a change is not torn apart where that can be helped. */
const print = [
  'main{max-width:none;padding:0}body{font-size:11pt}nav{display:none}.change>summary::before{content:none!important}',
  'details::details-content{content-visibility:visible;height:auto}',
  'details:not([open])>*{display:block}',
  '.change,.box,.part{break-inside:avoid}h2,h3{break-after:avoid}',
  '*{-webkit-print-color-adjust:exact;print-color-adjust:exact}',
].join('');

/** The style of the page: light or dark as the reader prefers, light on paper. */
export const planPageStyle = [
  ':root{color-scheme:light dark}',
  shapes,
  colours(light),
  `@media screen and (prefers-color-scheme:dark){${colours(dark)}}`,
  `@media print{:root{color-scheme:light}${print}}`,
].join('');
