import { ReconcileError } from '../core/errors.ts';
import type { InventoryEntry } from '../core/inventory.ts';
import { type BookEdit, editBooks } from '../engine/edit-books.ts';
import { compileGlobs } from '../manifest/index.ts';
import { openState } from '../project/open-state.ts';
import { toolStamp } from '../project/plan-targets.ts';
import { redacted } from '../project/redacted.ts';
import { renderJson } from '../report/index.ts';
import { counted, oneLine } from '../report/text.ts';
import type { Context } from './context.ts';
import type { OutputFormat } from './options.ts';

export interface EditStateOptions {
  target: string[];
  yes?: boolean;
  output: OutputFormat;
  lockTimeout?: number;
}

/** How a command that edits the state speaks, and what it edits. */
interface EditWords {
  action: BookEdit['action'];
  /** Which of the entries that were named there is anything to do for. */
  concerns(entry: InventoryEntry): boolean;
  nothing: string;
  question(count: string, target: string): string;
  done(count: string, target: string): string;
  /** What follows from it, once for all. */
  after?: string;
}

/** `forget` and `unprotect`: finds the entries, shows them, asks, and writes the state under its lock. */
export async function editState(
  context: Context,
  patterns: readonly string[],
  options: EditStateOptions,
  words: EditWords,
): Promise<void> {
  const { targets, store, claim, now } = await openState(context, { ...options, several: 'ask' });
  for (const { name } of targets) {
    const lock = await store.lock(name, claim);
    try {
      const state = await store.read(name);
      const named = entriesOf(state?.inventory ?? {}, patterns, name);
      const chosen = named.filter(([, entry]) => words.concerns(entry));
      const addresses = chosen.map(([address]) => address);
      if (state === null || chosen.length === 0) {
        context.note(`${name}: ${words.nothing}`);
      } else {
        for (const [address, entry] of chosen) context.note(describeEntry(address, entry));
        await confirm(context, words.question(countOf(chosen.length), name), name, options);
        await editBooks(lock, state, { action: words.action, addresses, now: now() });
        if (words.after !== undefined) context.note(words.after);
      }
      print(context, name, addresses, options.output, words);
    } finally {
      await lock.release();
    }
  }
}

function countOf(count: number): string {
  return counted(count, 'resource');
}

function entriesOf(
  inventory: Readonly<Record<string, InventoryEntry>>,
  patterns: readonly string[],
  target: string,
): [string, InventoryEntry][] {
  const all = Object.entries(inventory).sort(([a], [b]) => (a < b ? -1 : 1));
  const chosen = new Set<string>();
  for (const pattern of patterns) {
    const matches = Object.hasOwn(inventory, pattern)
      ? (address: string) => address === pattern
      : globOf(pattern);
    const found = all.filter(([address]) => matches(address));
    if (found.length === 0) throw unknownAddress(pattern, target, Object.keys(inventory));
    for (const [address] of found) chosen.add(address);
  }
  return all.filter(([address]) => chosen.has(address));
}

function globOf(pattern: string): (address: string) => boolean {
  return compileGlobs([pattern.includes('/') ? pattern : `*/${pattern}`]);
}

function unknownAddress(pattern: string, target: string, known: readonly string[]): ReconcileError {
  const shown = known.slice(0, 5).join(', ');
  return new ReconcileError(`Nothing that target "${target}" owns is called ${pattern}.`, {
    code: 'USAGE_UNKNOWN_ADDRESS',
    category: 'invalid',
    remedy:
      known.length === 0
        ? 'The target owns nothing.'
        : `Give an address such as ${shown}${known.length > 5 ? ', …' : ''}, or a glob.`,
  });
}

function describeEntry(address: string, entry: InventoryEntry): string {
  const parts = Object.keys(entry.parts).length;
  const schedules = parts === 0 ? '' : `, ${counted(parts, 'schedule')}`;
  const released = entry.released === undefined ? '' : `, released ${entry.released.at}`;
  return `  ${oneLine(address)}  (id ${oneLine(entry.id)}${schedules}, owned since ${entry.ownedSince}${released})`;
}

async function confirm(
  { io }: Context,
  question: string,
  target: string,
  { yes }: EditStateOptions,
): Promise<void> {
  if (yes === true || (io.interactive && (await io.confirm(question)))) return;
  throw new ReconcileError(
    `${io.interactive ? 'It was not confirmed' : 'Nobody is there to confirm it'}; the state of target "${target}" is as it was.`,
    { code: 'NOT_CONFIRMED', category: 'refused', remedy: 'Repeat the command with --yes.' },
  );
}

function print(
  context: Context,
  target: string,
  addresses: readonly string[],
  output: OutputFormat,
  words: EditWords,
): void {
  if (output === 'json') {
    const document = { formatVersion: '1', tool: toolStamp(), target, action: words.action, addresses };
    context.io.out(renderJson(redacted(document, context)));
  } else if (addresses.length > 0) {
    context.io.out(`${words.done(countOf(addresses.length), target)}\n`);
  }
}
