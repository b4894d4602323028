import { ReconcileError } from '../../core/errors.ts';
import type { Address } from '../../core/resource.ts';
import { compileGlobs, globBase } from '../glob.ts';
import { defaultLimits } from '../limits.ts';
import { isSkipped } from '../source/source.ts';
import type { ComposedManifest } from './compose-import.ts';
import { fileStems, type Layout } from './file-names.ts';

export interface PlaceInput {
  manifests: readonly Pick<ComposedManifest, 'address' | 'text'>[];
  layout: Layout;
  /** Folder relative to the project, with `/`; default: the part of the first pattern that has no wildcard. */
  into?: string;
  /** `manifests` of the config. */
  patterns: readonly string[];
  /** Names the files of `one-file`. */
  target: string;
  /** Is there such a file? `one-file` goes on to the next number. */
  exists(path: string): boolean;
}

export interface PlacedFile {
  /** Relative to the project, with `/`. */
  path: string;
  text: string;
  addresses: Address[];
}

const ENDINGS = ['.yaml', '.yml'];

/** Which manifest goes into which file. Throws IMPORT_NOT_MATCHED for files that the config would not read. */
export function placeFiles(input: PlaceInput): PlacedFile[] {
  const { layout, patterns } = input;
  const folder = input.into ?? globBase(patterns.find((pattern) => !pattern.startsWith('!')) ?? '');
  const matches = compileGlobs(patterns);
  const isRead = (path: string): boolean => matches(path) && !path.split('/').some(isSkipped);
  const named = (stem: string): string => {
    const paths = ENDINGS.map((ending) => (folder === '' ? stem : `${folder}/${stem}`) + ending);
    const path = paths.find(isRead);
    if (path === undefined) throw notMatched(paths[0] ?? stem, patterns);
    return path;
  };
  if (layout === 'one-file') return inOneFile(input, named);
  const stems = fileStems(
    input.manifests.map(({ address }) => address),
    layout,
  );
  return input.manifests.map(({ address, text }) => ({
    path: named(stems.get(address) ?? ''),
    text,
    addresses: [address],
  }));
}

/** As few files as the loader's limit allows; never one that is there. */
function inOneFile({ manifests, target, exists }: PlaceInput, named: (stem: string) => string): PlacedFile[] {
  const files: PlacedFile[] = [];
  let number = 0;
  let bytes = 0;
  for (const { address, text } of manifests) {
    const size = Buffer.byteLength(text) + 4;
    const last = files.at(-1);
    if (last !== undefined && bytes + size <= defaultLimits.fileBytes) {
      last.text += `---\n${text}`;
      last.addresses.push(address);
      bytes += size;
      continue;
    }
    let path: string;
    do {
      number += 1;
      path = named(number === 1 ? target : `${target}-${number}`);
    } while (exists(path));
    files.push({ path, text, addresses: [address] });
    bytes = size;
  }
  return files;
}

function notMatched(path: string, patterns: readonly string[]): ReconcileError {
  return new ReconcileError(
    `The manifests would go to ${path}, but \`manifests\` of the config does not match that: ${patterns.join(', ')}.`,
    {
      code: 'IMPORT_NOT_MATCHED',
      category: 'invalid',
      remedy:
        'Choose another --into or --layout, or a pattern such as "jobs/**/*.yaml". Nothing was written.',
    },
  );
}
