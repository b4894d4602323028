import { isObject, type Json } from '../core/json.ts';
import type { HistoryRecord } from './store.ts';

/** The records of a history file, oldest first. A line that was cut short by a crash is left out; of a record that was written twice the later counts. */
export function decodeHistory(text: string): HistoryRecord[] {
  const records = new Map<string, HistoryRecord>();
  for (const line of text.split('\n')) {
    const record = decodeRecord(line);
    if (record === undefined) continue;
    records.delete(record.id);
    records.set(record.id, record);
  }
  return [...records.values()];
}

function decodeRecord(line: string): HistoryRecord | undefined {
  try {
    const value = JSON.parse(line) as Json;
    const isWhole =
      isObject(value) &&
      ['id', 'target', 'lineage', 'at', 'command', 'actor', 'summary'].every(
        (key) => typeof value[key] === 'string',
      ) &&
      typeof value['serial'] === 'number' &&
      isObject(value['outcomes']) &&
      Array.isArray(value['changes']);
    return isWhole ? (value as unknown as HistoryRecord) : undefined;
  } catch {
    return undefined;
  }
}
