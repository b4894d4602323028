import { randomUUID } from 'node:crypto';
import type { ObjectRun, PendingChange, RiversandTenant, ScheduleObject } from './model.ts';
import { attribute, giveValueIds, planOf, startInstant } from './object-input.ts';
import { gridFrom, type RiversandWorld } from './world.ts';

const MAX_RUNS = 100_000;

/** Lets a change that was accepted take effect at its time. */
export function planChange(world: RiversandWorld, tenant: RiversandTenant, change: PendingChange): void {
  tenant.pending.push(change);
  world.queue.push(change.at, (at) => {
    if (!tenant.pending.includes(change)) return;
    tenant.pending = tenant.pending.filter((other) => other !== change);
    takeEffect(world, tenant, change, at);
  });
}

function takeEffect(world: RiversandWorld, tenant: RiversandTenant, change: PendingChange, at: number): void {
  if (change.kind === 'delete') {
    for (const object of [...tenant.objects.values()]) if (isMeant(object, change)) forget(tenant, object.id);
    return;
  }
  const { id, body, kind } = change;
  if (id === undefined || body === undefined) return;
  const before = tenant.objects.get(id);
  // Accepted without a check: a create of what is there, an update of what is not.
  if ((kind === 'create') !== (before === undefined)) return;
  setObject(world, tenant, id, body, at, before);
}

function isMeant({ id, body }: ScheduleObject, { id: wanted, criteria = {} }: PendingChange): boolean {
  if (wanted !== undefined) return id === wanted;
  const properties = (body['properties'] ?? {}) as Record<string, unknown>;
  return Object.entries(criteria).every(([name, value]) => properties[name] === value);
}

function forget(tenant: RiversandTenant, id: string): void {
  tenant.objects.delete(id);
  tenant.invocations.delete(id);
}

/** Puts a whole object in place. An update keeps the phase unless start or interval changes. */
export function setObject(
  world: RiversandWorld,
  tenant: RiversandTenant,
  id: string,
  body: Record<string, unknown>,
  now: number,
  before?: ScheduleObject,
): ScheduleObject {
  giveValueIds(body, () => `${tenant.nextValueId++}_0_0`);
  const plan = planOf(body);
  const keeps =
    before !== undefined && before.interval === plan.interval && before.startTime === plan.startTime;
  const anchor = keeps
    ? before.anchor
    : plan.startTime === undefined
      ? now
      : startInstant(plan.startTime, now);
  const object: ScheduleObject = {
    ...plan,
    id,
    body,
    anchor,
    nextDue: keeps
      ? Math.max(before.nextDue, gridFrom(anchor, plan.interval, now))
      : gridFrom(anchor, plan.interval, now),
    wakeAt: undefined,
  };
  tenant.objects.set(id, object);
  planObject(world, tenant, object);
  return object;
}

/** Plans the next run. A run exactly at the stop time no longer happens. */
export function planObject(world: RiversandWorld, tenant: RiversandTenant, object: ScheduleObject): void {
  const { enabled, nextDue, stopAt = Number.POSITIVE_INFINITY } = object;
  object.wakeAt = enabled && nextDue < stopAt ? nextDue : undefined;
  if (object.wakeAt === undefined) return;
  world.queue.push(object.wakeAt, (at) => {
    if (tenant.objects.get(object.id) === object && object.wakeAt === at) step(world, tenant, object, at);
  });
}

function step(world: RiversandWorld, tenant: RiversandTenant, object: ScheduleObject, at: number): void {
  if (at < world.horizon) {
    object.nextDue = gridFrom(object.anchor, object.interval, world.horizon);
    tenant.invocations.set(object.id, object.nextDue - object.interval);
  } else {
    execute(world, tenant, object, at);
    object.nextDue = at + object.interval;
  }
  planObject(world, tenant, object);
}

function execute(world: RiversandWorld, tenant: RiversandTenant, object: ScheduleObject, at: number): void {
  const run: ObjectRun = {
    runId: randomUUID(),
    scheduleId: object.id,
    dueAt: at,
    url: attribute(object.body, 'scheduleTaskUrl'),
    httpStatus: 200,
    text: '',
  };
  tenant.invocations.set(object.id, at);
  tenant.objectRuns.push(run);
  if (tenant.objectRuns.length > 2 * MAX_RUNS) tenant.objectRuns = tenant.objectRuns.slice(-MAX_RUNS);
  if (world.call === undefined) return;
  run.httpStatus = null;
  const calling = world.call(object).then((result) => {
    Object.assign(run, result);
  });
  world.underWay.add(calling);
  void calling.finally(() => world.underWay.delete(calling));
}

/** What was due while the service was down is lost. */
export function resumeObjects(world: RiversandWorld, tenant: RiversandTenant, now: number): void {
  for (const object of tenant.objects.values()) {
    if (object.nextDue >= now) continue;
    object.nextDue = gridFrom(object.anchor, object.interval, now);
    planObject(world, tenant, object);
  }
}
