import type { Operation } from '../../src/core/change.ts';
import { ReconcileError } from '../../src/core/errors.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type {
  ExecuteContext,
  HttpRequest,
  OperationResult,
  Provider,
  Reader,
  Session,
} from '../../src/core/provider.ts';
import type { LivePart, LiveResource } from '../../src/core/resource.ts';
import { jsonCopy, liveForms, memoryKind } from './memory-kind.ts';

interface Stored {
  id: string;
  name: string;
  spec: JsonObject;
  parts: { id: string; spec: JsonObject }[];
}

/** A service that lives in a variable: a third provider, written against the contract alone. */
export interface MemoryService {
  objects: Stored[];
  writes: string[];
  /** Called before each request; throws to fail it, gives 'drop' to lose the answer of a write that was done. */
  fault?: (kind: 'read' | 'write', what: string) => 'drop' | undefined;
}

export function memoryService(): MemoryService {
  return { objects: [], writes: [] };
}

export function memoryProvider(service: MemoryService): Provider {
  return {
    name: 'memory',
    kinds: [memoryKind],
    credentialsSchema: { type: 'object' },
    reads: [{ id: 'list', method: 'GET', path: /^\/objects$/ }],
    async open(_connection, mode) {
      const session = readSession(service);
      return mode === 'read'
        ? session
        : { ...session, execute: (operation, context) => execute(service, operation, context) };
    },
  };
}

function readSession(service: MemoryService): Session {
  let requests = 0;
  const list = (what: string): LiveResource[] => {
    requests++;
    service.fault?.('read', what);
    return service.objects.map(toLive);
  };
  const reader: Reader = {
    get requests() {
      return requests;
    },
    async read(request: HttpRequest) {
      if (request.method !== 'GET' || request.path !== '/objects') {
        throw new ReconcileError('not a read', { code: 'READER_REFUSED', category: 'internal' });
      }
      return { status: 200, headers: {}, body: list('list').length };
    },
  };
  return {
    instance: async () => 'memory://service client=test',
    reader,
    observe: async () => ({ resources: list('list'), skew: 0, diagnostics: [] }),
    read: async ({ identity }) => list('one').find((object) => object.identity === identity) ?? null,
    close: async () => undefined,
  };
}

function toLive(stored: Stored): LiveResource {
  const parts = stored.parts.map(
    (part): LivePart => ({
      id: part.id,
      ...liveForms(jsonCopy({ every: null, at: null, ...part.spec })),
      facts: {},
    }),
  );
  return {
    kind: 'MemoryJob',
    identity: stored.name,
    id: stored.id,
    ...liveForms(jsonCopy(stored.spec)),
    parts,
    facts: {},
  };
}

let counter = 0;
const newId = (): string => `m${++counter}`;

/** One write. An answer that is lost is settled by looking, as a real provider does. */
async function execute(
  service: MemoryService,
  operation: Operation,
  context: ExecuteContext,
): Promise<OperationResult> {
  const outcome = service.fault?.('write', operation.step);
  service.writes.push(operation.step);
  const result = write(service, operation, context);
  if (outcome === 'drop') service.fault?.('read', 'settle');
  return result;
}

function write(
  service: MemoryService,
  operation: Operation,
  { change, results }: ExecuteContext,
): OperationResult {
  const name = change.desired?.identity ?? change.live?.identity ?? '';
  const stored = service.objects.find((object) => object.name === name);
  const part = change.parts.find((candidate) => candidate.key === operation.part);
  const target = jsonCopy(part?.target ?? {});
  switch (operation.step) {
    case 'create': {
      if (stored !== undefined)
        throw new ReconcileError('exists', { code: 'CONFLICT', category: 'rejected' });
      const made: Stored = { id: newId(), name, spec: jsonCopy(change.target ?? {}), parts: [] };
      const partIds: Record<string, string> = {};
      for (const item of change.parts) {
        const id = newId();
        made.parts.push({ id, spec: jsonCopy(item.target ?? {}) });
        partIds[item.key] = id;
      }
      service.objects.push(made);
      return { id: made.id, partIds, wrote: true };
    }
    case 'delete':
      service.objects = service.objects.filter((object) => object !== stored);
      return { wrote: true };
    default:
  }
  if (stored === undefined) throw new ReconcileError('gone', { code: 'NOT_FOUND', category: 'rejected' });
  switch (operation.step) {
    case 'update':
      stored.spec = jsonCopy(change.target ?? {});
      return { id: stored.id, wrote: true };
    case 'create-part':
    case 'create-inactive': {
      const id = newId();
      stored.parts.push({
        id,
        spec: operation.step === 'create-part' ? target : { ...target, active: false },
      });
      return { partIds: { [operation.part ?? '']: id }, wrote: true };
    }
    case 'activate-part': {
      const made = [...results.values()]
        .map((result) => result.partIds?.[operation.part ?? ''])
        .find((id) => id !== undefined);
      for (const item of stored.parts) if (item.id === made) item.spec = target;
      return { wrote: true };
    }
    case 'update-part':
      for (const item of stored.parts) if (item.id === part?.live?.id) item.spec = target;
      return { wrote: true };
    case 'delete-part':
      stored.parts = stored.parts.filter((item) => item.id !== part?.live?.id);
      return { wrote: true };
    default:
      throw new ReconcileError(`unknown step ${operation.step}`, { code: 'INTERNAL', category: 'internal' });
  }
}
