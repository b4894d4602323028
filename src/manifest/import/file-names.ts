import { createHash } from 'node:crypto';
import { type Address, parseAddress } from '../../core/resource.ts';

/** How manifests are spread over files. */
export type Layout = 'flat' | 'kind' | 'one-file';
export const layouts: readonly Layout[] = ['flat', 'kind', 'one-file'];

/** Names that mean devices on Windows, with any ending. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const LONGEST = 80;

/**
 * A path (with `/`, without ending) for each address, the same for the same set. Made of `A-Z a-z 0-9 . _ -` alone; where
 * that loses something, or where two names would be one on some machine, a hash of the address follows.
 */
export function fileStems(addresses: readonly Address[], layout: 'flat' | 'kind'): Map<Address, string> {
  const stems = addresses.map((address): [Address, string, string] => {
    const { kind, name } = parseAddress(address) ?? { kind: '', name: address };
    const folder = layout === 'kind' ? `${kebab(kind)}/` : '';
    const safe = safeName(name);
    return [address, folder + safe, safe === name ? '' : hash(address)];
  });
  const counts = new Map<string, number>();
  for (const [, stem] of stems) counts.set(stem.toLowerCase(), (counts.get(stem.toLowerCase()) ?? 0) + 1);
  return new Map(
    stems.map(([address, stem, lost]) => {
      const unclear = lost !== '' || (counts.get(stem.toLowerCase()) ?? 0) > 1;
      return [address, unclear ? `${stem}-${hash(address)}` : stem];
    }),
  );
}

/** The name as far as it can be a file's on every machine; never hidden, never empty, never a way out. */
function safeName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/\.{2,}/g, '.')
    .replace(/^[.-]+/, '')
    .slice(0, LONGEST)
    .replace(/[.-]+$/, '');
  if (plain === '' || plain === 'node_modules' || DEVICES.test(plain))
    return `job-${plain}`.replace(/-$/, '');
  return plain;
}

/** `sap-job` of `SapJob`. */
function kebab(kind: string): string {
  return kind.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}

function hash(address: Address): string {
  return createHash('sha256').update(address).digest('hex').slice(0, 8);
}
