import { Hono } from 'hono';
import { type ControlEnv, ControlError, readObject, understood } from '../control-body.ts';
import type { RiversandAccess } from './service.ts';

/** The control interface under `/_emulator/riversand`. */
export function createRiversandControl(riversand: () => RiversandAccess): Hono<ControlEnv> {
  const app = new Hono<ControlEnv>({ strict: false });
  app.get('/credentials', (c) =>
    understood(() => c.json(riversand().credentialsFor(c.req.query('tenantId')))),
  );
  app.get('/settings', (c) => c.json(riversand().settings.get()));
  app.put('/settings', async (c) => {
    await understood(() => riversand().settings.set(readObject(c)));
    return c.json(riversand().settings.get());
  });
  app.post('/deploy', async (c) => {
    const { appId, version, tenantId } = readObject(c);
    if (typeof appId !== 'string' || !isOptionalText(version) || !isOptionalText(tenantId)) {
      throw new ControlError('deploy: {"appId": text, "version"?: text, "tenantId"?: text} is expected');
    }
    const options = {
      ...(version === undefined ? {} : { version }),
      ...(tenantId === undefined ? {} : { tenantId }),
    };
    return c.json({ appId, version: await understood(() => riversand().deploy(appId, options)) });
  });
  app.put('/refuse-all', async (c) => {
    const { how, tenantId } = readObject(c);
    if ((typeof how !== 'boolean' && how !== 'apps') || !isOptionalText(tenantId)) {
      throw new ControlError('refuse-all: {"how": true, false or "apps", "tenantId"?: text} is expected');
    }
    await understood(() => riversand().refuseAll(how, tenantId));
    return c.json({ ok: true });
  });
  app.get('/runs', async (c) => {
    const { tenantId, appId, jobDefId, scheduleId } = c.req.query();
    const runs = await understood(() => riversand().runs({ tenantId, appId, jobDefId, scheduleId }));
    return c.json({ total: runs.length, runs });
  });
  app.get('/object-runs', async (c) => {
    const { tenantId, scheduleId } = c.req.query();
    const runs = await understood(() => riversand().objectRuns({ tenantId, scheduleId }));
    return c.json({ total: runs.length, runs });
  });
  return app;
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
