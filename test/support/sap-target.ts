import type { JsonObject } from '../../src/core/json.ts';
import { defaultPolicy, type Policy } from '../../src/core/policy.ts';
import type { Surroundings } from '../../src/core/provider.ts';
import { defaultLifecycle, formatAddress, type Lifecycle, type Resource } from '../../src/core/resource.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import { applyTarget, type PlannedTarget, planTarget, type TargetInput } from '../../src/engine/index.ts';
import { sapProvider } from '../../src/providers/sap/provider.ts';
import { memoryStore } from '../../src/state/memory.ts';
import type { StateStore } from '../../src/state/store.ts';

export const START = Date.parse('2026-03-01T12:00:00Z');

export interface SapWorld {
  emulator: Emulator;
  store: StateStore;
  input(
    resources: readonly Resource[],
    change?: Partial<TargetInput> & { policyChange?: Partial<Policy> },
  ): TargetInput;
  plan(resources: readonly Resource[], change?: Parameters<SapWorld['input']>[1]): Promise<PlannedTarget>;
  apply(
    resources: readonly Resource[],
    change?: Parameters<SapWorld['input']>[1],
  ): ReturnType<typeof applyTarget>;
  /** Writes that reached the service since the last call. */
  writes(): string[];
  /** What a person does behind our back, through the service's own API. */
  byHand(method: string, path: string, body?: JsonObject): Promise<JsonObject>;
  close(): Promise<void>;
}

/** An emulator with a clock that stands still, and a target that points at it. */
export async function startSapWorld(options: EmulatorOptions = {}): Promise<SapWorld> {
  const emulator = await startEmulator({ now: () => START, ...options });
  emulator.clock.freeze();
  const store = memoryStore();
  const input: SapWorld['input'] = (resources, { policyChange, ...change } = {}) => ({
    name: 'dev',
    provider: sapProvider,
    connection: {
      target: 'dev',
      url: emulator.url,
      credentials: { serviceKey: emulator.credentials as unknown as JsonObject },
    },
    policy: { ...defaultPolicy, ...policyChange },
    resources,
    store,
    surroundings: surroundingsOf(emulator),
    readOnly: false,
    ...change,
  });
  const plan: SapWorld['plan'] = async (resources, change) => {
    const planned = await planTarget(input(resources, { readOnly: true, ...change }));
    await planned.close();
    return planned;
  };
  const apply: SapWorld['apply'] = async (resources, change) => {
    const planned = await planTarget(input(resources, change));
    try {
      return await applyTarget(planned, { concurrency: 8, onError: 'continue' });
    } finally {
      await planned.close();
    }
  };
  return {
    emulator,
    store,
    input,
    plan,
    apply,
    writes() {
      const list = emulator
        .requests()
        .filter((request) => request.method !== 'GET' && !request.path.endsWith('/token'))
        .map((request) => `${request.method} ${request.path}`);
      emulator.clearRequests();
      return list;
    },
    byHand: (method, path, body) => byHand(emulator, method, path, body),
    close: () => emulator.close(),
  };
}

async function byHand(
  emulator: Emulator,
  method: string,
  path: string,
  body?: JsonObject,
): Promise<JsonObject> {
  const { uaa } = emulator.credentials;
  const login = await fetch(`${uaa.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${uaa.clientid}:${uaa.clientsecret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = (await login.json()) as { access_token: string };
  const answer = await fetch(`${emulator.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as JsonObject;
}

function surroundingsOf(emulator: Emulator): Surroundings {
  return {
    now: () => emulator.clock.now(),
    sleep: async () => undefined,
    random: () => 0,
    log: () => undefined,
    redact: () => undefined,
    env: {},
    concurrency: 8,
  };
}

export function sapJob(
  name: string,
  spec: JsonObject,
  lifecycle: Partial<Lifecycle> = {},
  kind = 'SapJob',
): Resource {
  const rules = sapProvider.kinds.find((candidate) => candidate.kind === kind);
  if (rules === undefined) throw new Error(`no kind ${kind}`);
  return {
    kind,
    name,
    address: formatAddress(kind, name),
    identity: rules.identity(name, spec),
    labels: {},
    lifecycle: { ...defaultLifecycle, ...lifecycle },
    ...rules.normalize(name, spec),
    secrets: lifecycle.sensitive ?? [],
    place: { file: 'jobs.yaml', line: 1, col: 1 },
  };
}
