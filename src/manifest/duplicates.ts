import type { Finding } from '../core/errors.ts';
import { formatAddress, type Resource } from '../core/resource.ts';
import type { LoadedManifest } from './load-manifests.ts';

export interface Candidate {
  kind: string;
  name: string;
  manifest: LoadedManifest;
  resource: Resource | undefined;
}

/** What only shows when all manifests of a target are seen together: two for one thing, and contradicting moves. */
export function findDuplicates(candidates: readonly Candidate[]): Finding[] {
  const byName = new Map<string, Candidate>();
  const byIdentity = new Map<string, Candidate>();
  const findings: Finding[] = [];
  for (const candidate of candidates) {
    const address = formatAddress(candidate.kind, candidate.name);
    const sameName = byName.get(address);
    if (sameName !== undefined) {
      findings.push(
        duplicate(candidate, 'DUPLICATE_NAME', `${address} is also defined at ${where(sameName)}.`),
      );
      continue;
    }
    byName.set(address, candidate);
    const identity = candidate.resource?.identity;
    if (identity === undefined) continue;
    const key = JSON.stringify([candidate.kind, identity]);
    const same = byIdentity.get(key);
    if (same === undefined) byIdentity.set(key, candidate);
    else {
      const other = `${formatAddress(same.kind, same.name)} at ${where(same)}`;
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
    address: formatAddress(candidate.kind, candidate.name),
  };
}

function findMoves(candidates: readonly Candidate[], byName: ReadonlyMap<string, Candidate>): Finding[] {
  const movedFrom = new Map<string, Candidate>();
  return candidates.flatMap((candidate): Finding[] => {
    const from = candidate.resource?.movedFrom;
    if (from === undefined) return [];
    const old = formatAddress(candidate.kind, from);
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
        address: formatAddress(candidate.kind, candidate.name),
      },
    ];
  });
}

function where({ manifest }: Candidate): string {
  const { file, line, col } = manifest.locate('/metadata/name');
  return `${file}:${line}:${col}`;
}
