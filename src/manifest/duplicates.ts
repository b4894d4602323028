import { ByIdentity } from '../core/by-identity.ts';
import type { Finding } from '../core/errors.ts';
import { type Address, formatAddress, type Resource } from '../core/resource.ts';
import type { LoadedManifest } from './loaded-manifest.ts';

export interface Candidate {
  address: Address;
  manifest: LoadedManifest;
  resource: Resource | undefined;
}

/** What only shows when all manifests of a target are seen together: two for one thing, and contradicting moves. */
export function findDuplicates(candidates: readonly Candidate[]): Finding[] {
  const byName = new Map<string, Candidate>();
  const byIdentity = new ByIdentity<Resource>();
  const findings: Finding[] = [];
  for (const candidate of candidates) {
    const { address, resource } = candidate;
    const sameName = byName.get(address);
    if (sameName !== undefined) {
      findings.push(
        duplicate(candidate, 'DUPLICATE_NAME', `${address} is also defined at ${where(sameName)}.`),
      );
      continue;
    }
    byName.set(address, candidate);
    if (resource === undefined) continue;
    const same = byIdentity.get(resource);
    const holder = same === undefined ? undefined : byName.get(same.address);
    if (holder === undefined) byIdentity.set(resource);
    else {
      const other = `${holder.address} at ${where(holder)}`;
      findings.push(
        duplicate(
          candidate,
          'DUPLICATE_IDENTITY',
          `${address} is the same object in the service as ${other}.`,
        ),
      );
    }
  }
  return [...findings, ...findMoves(candidates, byName)];
}

function duplicate(candidate: Candidate, code: string, message: string): Finding {
  return {
    code,
    severity: 'error',
    message,
    expected: 'one manifest per resource and target',
    remedy: 'Remove or rename one of them, or give them labels so that a target selects only one.',
    pointer: '/metadata/name',
    place: candidate.manifest.locate('/metadata/name'),
    address: candidate.address,
  };
}

function findMoves(candidates: readonly Candidate[], byName: ReadonlyMap<string, Candidate>): Finding[] {
  const movedFrom = new Map<string, Candidate>();
  return candidates.flatMap((candidate): Finding[] => {
    const { address, resource } = candidate;
    if (resource?.movedFrom === undefined) return [];
    const old = formatAddress(resource.kind, resource.movedFrom);
    const stillThere = byName.get(old);
    const other = stillThere ?? movedFrom.get(old);
    movedFrom.set(old, candidate);
    if (other === undefined) return [];
    const what = stillThere === undefined ? 'is also moved' : 'is still defined';
    return [
      {
        code: 'MOVED_CONFLICT',
        severity: 'error',
        message: `${old} ${what} at ${where(other)}.`,
        expected: 'a former name that no manifest has any more',
        remedy: 'Remove `moved` here, or the other manifest.',
        pointer: '/moved/from',
        place: candidate.manifest.locate('/moved/from'),
        address,
      },
    ];
  });
}

function where({ manifest }: Candidate): string {
  const { file, line, col } = manifest.locate('/metadata/name');
  return `${file}:${line}:${col}`;
}
