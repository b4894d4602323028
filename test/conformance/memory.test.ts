import { ReconcileError } from '../../src/core/errors.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { jsonCopy } from '../support/memory-kind.ts';
import { memoryProvider, memoryService } from '../support/memory-provider.ts';
import { NOW } from '../support/memory-world.ts';
import { conformance } from './suite.ts';
import type { Service, Subject } from './world.ts';

/** A third provider passes with nothing but a Subject: core, engine and cli know nothing of it. */
const memory: Subject = {
  name: 'an in-memory provider',
  kind: 'MemoryJob',
  spec: (name, version) => ({ url: `https://x/${name}/${version}`, schedules: { daily: { every: 60 } } }),
  changed: '/url',
  removal: 'gone',
  write: { method: 'POST', path: '/objects' },
  faults: ['refused', 'broken'],
  start: async () => startMemory(),
};

function startMemory(): Service {
  const service = memoryService();
  let struck = false;
  const stored = (name: string) => service.objects.find((object) => object.name === name);
  return {
    provider: memoryProvider(service),
    connection: { target: 'target', credentials: {} },
    surroundings: {
      now: () => NOW,
      sleep: async () => undefined,
      random: () => 0,
      log: () => undefined,
      redact: () => undefined,
      env: {},
      concurrency: 4,
    },
    writes: () => service.writes.splice(0).length,
    async addForeign(name) {
      service.objects.push({
        id: `foreign-${name}`,
        name,
        spec: { description: '', active: true, url: `https://x/${name}/one` },
        parts: [{ id: `part-${name}`, spec: { description: 'daily', active: true, every: 60 } }],
      });
    },
    look: async (name) => {
      const found = stored(name);
      return found === undefined ? undefined : (jsonCopy(found as unknown as JsonObject) as JsonObject);
    },
    count: async (name) => {
      const found = service.objects.filter((object) => object.name === name);
      return found.length === 1 ? (found[0]?.parts.length ?? 0) : found.length;
    },
    async changeByHand(name) {
      const found = stored(name);
      if (found !== undefined) found.spec = { ...found.spec, url: 'https://x/by-hand' };
    },
    fault(sort, what, nth) {
      let seen = 0;
      struck = false;
      service.fault = (kind) => {
        if (kind !== sort || ++seen !== nth) return undefined;
        struck = true;
        throw new ReconcileError(what, { code: 'FAULT', category: 'transient' });
      };
    },
    heal() {
      delete service.fault;
      return struck;
    },
    close: async () => undefined,
  };
}

conformance(memory);
