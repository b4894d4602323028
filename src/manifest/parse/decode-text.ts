import type { Finding } from '../../core/errors.ts';

/** The text of a file without its byte order mark, or what is wrong with its bytes. `at`: offset in bytes. */
export function decodeText(file: string, bytes: Uint8Array): { text: string } | { finding: Finding } {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const at = firstBadByte(bytes);
    return {
      finding: {
        code: 'INVALID_UTF8',
        severity: 'error',
        message: `The file is not UTF-8 text: byte ${at} (0x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}) does not fit.`,
        expected: 'text encoded as UTF-8',
        remedy: 'Save the file as UTF-8.',
        place: { file, ...placeOfByte(bytes, at) },
      },
    };
  }
  const nul = text.indexOf('\0');
  if (nul === -1) return { text };
  return {
    finding: {
      code: 'NUL_BYTE',
      severity: 'error',
      message: 'The file holds a NUL byte.',
      expected: 'text without NUL bytes',
      remedy: 'Check that this is a text file, and remove the byte.',
      place: { file, ...placeOfText(text.slice(0, nul)) },
    },
  };
}

function firstBadByte(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isPrefix(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

/** A prefix may end within a character; in streaming mode that is no error. */
function isPrefix(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function placeOfByte(bytes: Uint8Array, at: number): { line: number; col: number } {
  return placeOfText(new TextDecoder('utf-8').decode(bytes.subarray(0, at)));
}

function placeOfText(before: string): { line: number; col: number } {
  const lines = before.split('\n');
  return { line: lines.length, col: (lines.at(-1)?.length ?? 0) + 1 };
}
