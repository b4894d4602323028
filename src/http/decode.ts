import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { Json } from '../core/json.ts';

export type Decoded =
  | { kind: 'json'; body: Json; text: string }
  | { kind: 'empty' }
  /** `broken`: it says JSON but is none, as after a truncation. */
  | { kind: 'other'; why: string; text: string; broken: boolean };

const unpackers: Readonly<Record<string, typeof gunzip>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflate,
  br: brotliDecompress,
};

/** Undoes `content-encoding`, then reads JSON strictly: content type, UTF-8, syntax. `maxBytes` also bounds the unpacked size. */
export async function decodeAnswer(
  headers: Readonly<Record<string, string>>,
  packed: Buffer,
  maxBytes: number,
): Promise<Decoded> {
  if (packed.length === 0) return { kind: 'empty' };
  const bytes = await unpack(headers['content-encoding'], packed, maxBytes);
  if (typeof bytes === 'string') return { kind: 'other', why: bytes, text: '', broken: true };
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const text = readUtf8(bytes);
  if (text === undefined) return { kind: 'other', why: 'it is not UTF-8 text', text: '', broken: true };
  if (type !== '' && !/^(application|text)\/([\w.+-]+\+)?json$/.test(type)) {
    if (text.trim() === '') return { kind: 'empty' };
    return { kind: 'other', why: `its content type is ${type}`, text, broken: false };
  }
  try {
    return { kind: 'json', body: JSON.parse(text) as Json, text };
  } catch {
    return { kind: 'other', why: 'the text is not JSON, or breaks off', text, broken: type !== '' };
  }
}

async function unpack(
  encoding: string | undefined,
  packed: Buffer,
  maxBytes: number,
): Promise<Buffer | string> {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return packed;
  const unpacker = unpackers[name];
  if (unpacker === undefined) return `its content encoding is ${name}`;
  try {
    return await promisify(
      unpacker as (buffer: Buffer, options: object, done: (error: Error | null, out: Buffer) => void) => void,
    )(packed, { maxOutputLength: maxBytes });
  } catch {
    return `its ${name} encoding is broken, or unpacks to more than ${maxBytes} bytes`;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function readUtf8(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
