import type { JsonObject } from '../../src/core/json.ts';
import { defaultPolicy, type Policy } from '../../src/core/policy.ts';
import type { HttpRequest, Provider, Surroundings } from '../../src/core/provider.ts';
import { defaultLifecycle, formatAddress, type Lifecycle, type Resource } from '../../src/core/resource.ts';
import { applyTarget, type PlannedTarget, planTarget, type TargetInput } from '../../src/engine/index.ts';
import { memoryStore } from '../../src/state/memory.ts';

/** What the suite needs to know about one kind of one provider, to put it through every rule. */
export interface Subject {
  name: string;
  kind: string;
  start(): Promise<Service>;
  /** Two versions of one object that differ in a field which can be read back and written in place or by a usual replace. */
  spec(name: string, version: 'one' | 'two'): JsonObject;
  /** The differing field. */
  changed: string;
  /** What has to be left to others so that a change of it by hand is none of ours; default: `changed`. */
  ignore?: readonly string[];
  /**
   * The objects exist by themselves (SEMANTICS 2): nothing is created, adopted or deleted. `parts`: what is owned, schedule by
   * schedule or field by field. The suite says of each rule that does not apply what holds instead.
   */
  preExisting?: 'parts' | 'fields';
  /** There is one object of this kind and no second: rules about neighbours hold for it alone. */
  single?: boolean;
  /** How taking a manifest away ends, with `onRemove: delete` and pruning on. */
  removal: 'gone' | 'released';
  /** A request that would write; every reader must refuse it. */
  write: HttpRequest;
  faults: readonly string[];
}

/** One running service. */
export interface Service {
  provider: Provider;
  connection: TargetInput['connection'];
  surroundings: Surroundings;
  /** Writes that reached the service since the last call. */
  writes(): number;
  /** An object made by somebody else. */
  addForeign(name: string): Promise<void>;
  /** Everything about an object as the service has it, for comparing; undefined when it is not there. */
  look(name: string): Promise<JsonObject | undefined>;
  /** How many live objects (and parts) there are under this name: duplicates show. */
  count(name: string): Promise<number>;
  /** Somebody changes the differing field by hand. */
  changeByHand(name: string, kind: Subject): Promise<void>;
  /** The nth request of this sort from now on goes wrong in this way. */
  fault(sort: 'read' | 'write', what: string, nth: number): void;
  /** Takes all faults away; tells whether one struck. */
  heal(): boolean;
  close(): Promise<void>;
}

export interface Target {
  resource(name: string, version?: 'one' | 'two', lifecycle?: Partial<Lifecycle>): Resource;
  plan(resources: readonly Resource[], policy?: Partial<Policy>): Promise<PlannedTarget>;
  apply(resources: readonly Resource[], policy?: Partial<Policy>): ReturnType<typeof applyTarget>;
}

export function targetOf(subject: Subject, service: Service): Target {
  const store = memoryStore();
  const kind = service.provider.kinds.find((candidate) => candidate.kind === subject.kind);
  if (kind === undefined) throw new Error(`no kind ${subject.kind}`);
  const input = (
    resources: readonly Resource[],
    policy: Partial<Policy>,
    readOnly: boolean,
  ): TargetInput => ({
    name: 'target',
    provider: service.provider,
    connection: service.connection,
    surroundings: service.surroundings,
    policy: { ...defaultPolicy, ...policy },
    resources,
    store,
    stateKey: 'conformance',
    readOnly,
  });
  return {
    resource(name, version = 'one', lifecycle = {}) {
      const spec = subject.spec(name, version);
      return {
        kind: subject.kind,
        name,
        address: formatAddress(subject.kind, name),
        identity: kind.identity(name, spec),
        labels: {},
        lifecycle: { ...defaultLifecycle, ...lifecycle },
        ...kind.normalize(name, spec),
        secrets: [...kind.secret],
        place: { file: 'x.yaml', line: 1, col: 1 },
      };
    },
    async plan(resources, policy = {}) {
      const planned = await planTarget(input(resources, policy, true));
      await planned.close();
      return planned;
    },
    async apply(resources, policy = {}) {
      const planned = await planTarget(input(resources, policy, false));
      try {
        return await applyTarget(planned, { concurrency: 4, onError: 'continue' });
      } finally {
        await planned.close();
      }
    },
  };
}
