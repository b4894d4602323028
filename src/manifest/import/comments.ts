import type { ImportDraft } from '../../core/import-draft.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Kind } from '../../core/provider.ts';
import { partPath } from '../../core/resource.ts';
import type { Comments } from './write-manifest.ts';

interface Known {
  lastRuns: ReadonlyMap<string, string>;
  /** The service's clock, epoch ms. */
  now: number;
}

/** What a person wants to know about an imported object, and what its manifest does not say. */
export function commentsOf(draft: ImportDraft, kind: Kind, known: Known): Comments {
  const { live } = draft;
  const head = [factsOf(live.id, live.facts, known.lastRuns.get(live.id))];
  if (kind.unreadable.length > 0) {
    const hidden = kind.unreadable.map((pointer) => pointer.slice(1)).join(', ');
    head.push(
      `The service does not show ${hidden}: what is here, or by default, is not verified.`,
      'Write what you know before you adopt it: what is changed later is carried out, mostly as delete and create.',
    );
  }
  const comments = new Map([['', head]]);
  for (const [key, part] of draft.parts) {
    const lines = [factsOf(part.id, {}, known.lastRuns.get(part.id))];
    const over = kind.settled(part.spec, live.spec, known.now);
    if (over !== undefined) lines.push(`Over: ${over.text}. Nothing is done about it.`);
    comments.set(`/spec${partPath(kind.parts?.field ?? '', key)}`, lines);
  }
  return comments;
}

function factsOf(id: string, facts: JsonObject, lastRun: string | undefined): string {
  const { createdAt } = facts;
  return [
    `id ${id}`,
    ...(typeof createdAt === 'string' ? [`created ${createdAt}`] : []),
    ...(lastRun === undefined ? [] : [`last run ${lastRun}`]),
  ].join(', ');
}
