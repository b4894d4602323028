import { expect, it } from 'vitest';
import { knownCodes, readDisables, switchOff } from '../../src/lint/index.ts';

const read = (text: string) => readDisables('a.yaml', text).map(({ code, line }) => [code, line]);

it('a comment at the end of a line is about that line', () => {
  expect(read('a: 1\nb: 2   # lint-disable LINT_PEAK\nc: 3\n')).toEqual([['LINT_PEAK', 2]]);
});

it('a comment on its own line is about the next line that is no comment', () => {
  const text = 'a:\n  # lint-disable LINT_PEAK\n  # lint-disable LINT_OVERLAP\n\n  # why\n  b: 2\n  c: 3\n';
  expect(read(text)).toEqual([
    ['LINT_PEAK', 6],
    ['LINT_OVERLAP', 6],
  ]);
});

it('takes several codes, and a reason after two dashes', () => {
  expect(read('a: 1 # lint-disable LINT_PEAK, LINT_OVERLAP LINT_MIDNIGHT -- as the law says')).toEqual([
    ['LINT_PEAK', 1],
    ['LINT_OVERLAP', 1],
    ['LINT_MIDNIGHT', 1],
  ]);
});

it.each([
  'a: "x # lint-disable LINT_PEAK"',
  "a: 'x # lint-disable LINT_PEAK'",
  'a: |\n  x\n  # lint-disable LINT_PEAK\n',
  'a: >-\n  x # lint-disable LINT_PEAK\n',
  'a: x# lint-disable LINT_PEAK',
  'a: 1 # nolint-disable LINT_PEAK',
])('is only read from comments: %j', (text) => {
  expect(read(text)).toEqual([]);
});

it('names the place of each code', () => {
  const [, second] = readDisables('a.yaml', '---\nkey: [a, b] # lint-disable A, B\n');
  expect(second?.place).toEqual({ file: 'a.yaml', line: 2, col: 31 });
});

it('counts lines over several documents, block texts and Windows line ends', () => {
  const text = 'a: |\r\n  # text\r\n---\r\nb: "#"\r\nc: 1 # lint-disable LINT_PEAK\r\n';
  expect(read(text)).toEqual([['LINT_PEAK', 5]]);
});

const place = { file: 'a.yaml', line: 3, col: 5 };
const known = knownCodes([{ adviceCodes: ['LINT_MIDNIGHT'] }]);
const finding = { code: 'LINT_MIDNIGHT', severity: 'warning', message: 'x', place } as const;

it('the config switches a code off everywhere', () => {
  const { findings, hidden } = switchOff([finding], {
    config: [{ code: 'LINT_MIDNIGHT', place: { file: 'reconcile.yaml', line: 1, col: 1 } }],
    comments: [],
    known,
  });
  expect({ findings, hidden }).toEqual({ findings: [], hidden: 1 });
});

it('a comment switches off its own code on its own line in its own file, and nothing else', () => {
  const comments = readDisables('a.yaml', '\n\nx: 1 # lint-disable LINT_MIDNIGHT\n');
  const others = [
    { ...finding, place: { ...place, line: 4 } },
    { ...finding, place: { ...place, file: 'b.yaml' } },
    { ...finding, code: 'LINT_PEAK' },
  ];
  const { findings, hidden } = switchOff([finding, ...others], { config: [], comments, known });
  expect(findings).toEqual(others);
  expect(hidden).toBe(1);
});

it('an error cannot be switched off', () => {
  const error = { ...finding, severity: 'error' } as const;
  const comments = readDisables('a.yaml', '\n\nx: 1 # lint-disable LINT_MIDNIGHT\n');
  const config = [{ code: 'LINT_MIDNIGHT', place }];
  expect(switchOff([error], { config, comments, known })).toEqual({ findings: [error], hidden: 0 });
});

it('an unknown code is a warning at its place, with the code that is probably meant', () => {
  const comments = readDisables('a.yaml', 'x: 1 # lint-disable midnight');
  const { findings } = switchOff([], { config: [{ code: 'NO_SUCH', place }], comments, known });
  expect(findings).toMatchObject([
    { code: 'LINT_UNKNOWN_CODE', severity: 'warning', place },
    {
      code: 'LINT_UNKNOWN_CODE',
      place: { file: 'a.yaml', line: 1, col: 21 },
      remedy: 'Did you mean LINT_MIDNIGHT?',
    },
  ]);
});
