import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveLogs } from '../engine/types.ts';

/**
 * Run logs as NDJSON, one file a schedule: `<dir>/<target>/<job>/<schedule id>.ndjson`. Each line is a run log as the
 * service gave it, with where it belongs. A file appears under its name only when it is complete and on disk.
 */
export function createLogArchive(dir: string): ArchiveLogs {
  return async (owner, logs) => {
    const folder = join(dir, owner.target, owner.address.replace(/[^\w.-]/g, '_'));
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${(owner.partId ?? owner.id).replace(/[^\w.-]/g, '_')}.ndjson`);
    const file = await open(`${path}.tmp`, 'w');
    try {
      for await (const log of logs) {
        await file.write(
          `${JSON.stringify({ address: owner.address, schedule: owner.key ?? null, jobId: owner.id, scheduleId: owner.partId ?? null, ...log })}\n`,
        );
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.tmp`, path);
  };
}
