import { Hono } from 'hono';
import { type ControlEnv, ControlError, parse, readObject, understood } from './control-body.ts';
import { readDuration } from './duration.ts';
import type { Emulator } from './emulator.ts';
import { readFaultRules } from './faults.ts';
import type { JsonRecord } from './json.ts';
import { readLimits } from './limits.ts';
import { createRiversandControl } from './riversand/control.ts';
import type { EmulatorSeed } from './seed.ts';

/** The part of the emulator that a control request works on. */
export type Controlled = Pick<
  Emulator,
  | 'state'
  | 'setState'
  | 'clock'
  | 'faults'
  | 'limits'
  | 'shapes'
  | 'requests'
  | 'clearRequests'
  | 'tokens'
  | 'credentials'
  | 'riversand'
>;

/** The control interface under `/_emulator`. It needs no credentials: the emulator listens on loopback. */
export function createControlRoutes(emulator: () => Controlled): Hono<ControlEnv> {
  const app = new Hono<ControlEnv>({ strict: false });
  app.onError((error, c) => c.text(error.message, error instanceof ControlError ? 400 : 500));

  app.get('/state', (c) => c.json({ ...emulator().state() }));
  app.put('/state', async (c) => {
    await understood(() => emulator().setState(readObject(c) as EmulatorSeed));
    return c.json({ ok: true });
  });

  app.route(
    '/riversand',
    createRiversandControl(() => emulator().riversand),
  );

  app.get('/clock', (c) => c.json(clockOf(emulator())));
  app.post('/clock', async (c) => {
    await moveClock(emulator(), readObject(c));
    return c.json(clockOf(emulator()));
  });

  app.get('/faults', (c) => c.json({ faults: emulator().faults.list() }));
  app.post('/faults', async (c) => {
    const ids = await understood(() => emulator().faults.set(readFaultRules(parse(c))));
    return c.json({ ids });
  });
  app.delete('/faults/:id?', (c) => {
    emulator().faults.clear(c.req.param('id'));
    return c.json({ ok: true });
  });

  app.get('/limits', (c) => c.json(emulator().limits.get()));
  app.on(['PUT', 'POST'], '/limits', async (c) => {
    await understood(() => emulator().limits.set(readLimits(parse(c))));
    return c.json(emulator().limits.get());
  });
  app.delete('/limits', (c) => {
    emulator().limits.set({});
    return c.json({ ok: true });
  });

  app.get('/shapes', (c) => c.json({ seed: emulator().shapes.get() ?? null }));
  app.put('/shapes', (c) => {
    const { seed } = readObject(c);
    if (seed !== null && !Number.isInteger(seed))
      throw new ControlError('shapes: {"seed": whole number or null} is expected');
    emulator().shapes.set(typeof seed === 'number' ? seed : undefined);
    return c.json({ ok: true });
  });

  app.get('/requests', (c) => {
    const { method, path, status, since, verb } = c.req.query();
    const filter = { method, path, verb, status: optional(status), since: optional(since) };
    const requests = emulator().requests(filter);
    return c.json({ total: requests.length, requests });
  });
  app.delete('/requests', (c) => {
    emulator().clearRequests();
    return c.json({ ok: true });
  });

  app.get('/credentials', (c) => c.json(emulator().credentials));
  app.post('/tokens', (c) => {
    const { revoke, lifetime } = readObject(c);
    if (lifetime !== undefined) emulator().tokens.setLifetime(positive(lifetime, 'lifetime'));
    if (revoke === true) emulator().tokens.revoke();
    return c.json({ ok: true });
  });
  app.post('/credentials', async (c) => {
    const { rotate, keepOld } = readObject(c);
    if (rotate !== true) throw new ControlError('credentials: {"rotate": true} is expected');
    return c.json(emulator().tokens.rotate({ keepOld: keepOld === true }));
  });
  return app;
}

function optional(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new ControlError(`${JSON.stringify(text)} is not a number`);
  return Number(text);
}

function positive(value: unknown, name: string): number {
  if (typeof value === 'number' && value > 0) return value;
  throw new ControlError(`${name}: a number above zero is expected`);
}

function clockOf(emulator: Controlled): JsonRecord {
  const now = emulator.clock.now();
  return { now: new Date(now).toISOString(), epochMs: now, frozen: emulator.clock.isFrozen() };
}

async function moveClock(emulator: Controlled, body: JsonRecord): Promise<void> {
  const { now, advance, frozen, down } = body;
  if (now === undefined && advance === undefined && frozen === undefined) {
    throw new ControlError(
      'clock: {"now": instant}, {"advance": ms or ISO duration} or {"frozen": boolean} is expected',
    );
  }
  if (now !== undefined) await emulator.clock.set(readInstant(now));
  if (advance !== undefined) {
    const ms = readDuration(advance);
    if (ms === undefined)
      throw new ControlError(
        `clock.advance: ${JSON.stringify(advance)} is neither ms nor a duration such as 1h or PT1H`,
      );
    await emulator.clock.advance(ms, { down: down === true });
  }
  if (frozen === true) emulator.clock.freeze();
  if (frozen === false) emulator.clock.run();
}

function readInstant(value: unknown): number {
  const at = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) throw new ControlError(`clock.now: ${JSON.stringify(value)} is not an instant`);
  return at;
}
