import { Hono } from 'hono';
import type { JsonObject } from '../../core/json.ts';
import type { HistoryRecord } from '../../state/store.ts';
import type { TargetWatch } from '../target-watch.ts';
import type { Watch } from '../watch.ts';
import { HttpProblem, numberOf, readJson, textOf } from './input.ts';
import { inventoryRows, overviewOf, pageOf, type ScheduleView, scheduleView } from './views.ts';

/** Questions of the pages that need more than what the last pass saw. */
export interface Asking {
  history(target: TargetWatch, limit: number): Promise<HistoryRecord[]>;
  /** The newest run logs; undefined where the service keeps none. */
  runLogs(
    target: TargetWatch,
    ids: NonNullable<ScheduleView['ids']>,
    limit: number,
  ): Promise<JsonObject[] | undefined>;
  /** The coming runs as one SVG picture. */
  calendar(target: TargetWatch, from: number, until: number): string;
}

export interface ApiOptions {
  watch: Watch;
  asking: Asking;
  now(): number;
  /** Checked before every action; throws HttpProblem. */
  authorize(header: string | undefined): void;
}

const HOUR = 3_600_000;
const YEAR = 366 * 24 * HOUR;

/** `/api/v1`: everything that the pages show and do. */
export function createApi({ watch, asking, now, authorize }: ApiOptions): Hono {
  const api = new Hono();

  const targetOf = (name: string): TargetWatch => {
    const target = watch.targets.get(name);
    if (target === undefined)
      throw new HttpProblem(404, 'NO_SUCH_TARGET', 'There is no target of that name.');
    return target;
  };

  api.get('/targets', (c) =>
    c.json({
      targets: overviewOf(watch),
      ...(watch.sourceError === undefined ? {} : { sourceError: watch.sourceError }),
    }),
  );
  api.get('/targets/:name', (c) => c.json(targetOf(c.req.param('name')).status));
  api.get('/targets/:name/inventory', (c) => {
    const { seen } = targetOf(c.req.param('name'));
    const state = c.req.query('state');
    return c.json(
      pageOf(seen === undefined ? [] : inventoryRows(seen), {
        search: c.req.query('search') ?? '',
        ...(state === undefined || state === '' ? {} : { state }),
        offset: numberOf(c, 'offset', 0, [0, 10_000_000]),
        limit: numberOf(c, 'limit', 50, [1, 500]),
      }),
    );
  });
  api.get('/targets/:name/events', (c) => {
    const name = targetOf(c.req.param('name')).status.name;
    return c.json({ events: watch.events.of(name, numberOf(c, 'limit', 50, [1, 500])) });
  });
  api.get('/targets/:name/history', async (c) =>
    c.json({
      history: await asking.history(targetOf(c.req.param('name')), numberOf(c, 'limit', 20, [1, 200])),
    }),
  );
  api.get('/targets/:name/schedule', async (c) => {
    const target = targetOf(c.req.param('name'));
    const view = viewOf(
      target,
      c.req.query('address') ?? '',
      c.req.query('part'),
      numberOf(c, 'runs', 10, [1, 100]),
    );
    const logs =
      view.ids === undefined || c.req.query('logs') === undefined
        ? undefined
        : await asking.runLogs(target, view.ids, numberOf(c, 'logs', 20, [1, 100]));
    return c.json({ ...view, ...(logs === undefined ? {} : { logs }) });
  });
  api.get('/targets/:name/calendar.svg', (c) => {
    const from = now();
    const hours = numberOf(c, 'hours', 24, [1, 24 * 31]);
    const svg = asking.calendar(targetOf(c.req.param('name')), from, from + hours * HOUR);
    return c.body(svg, 200, { 'content-type': 'image/svg+xml; charset=utf-8' });
  });

  api.use('/targets/:name/*', async (c, next) => {
    if (c.req.method === 'POST') authorize(c.req.header('authorization'));
    await next();
  });
  api.post('/targets/:name/reconcile', async (c) => {
    const { name } = targetOf(c.req.param('name')).status;
    await readJson(c);
    watch.trigger(name, 'hand');
    return c.json({ queued: name }, 202);
  });
  api.post('/targets/:name/pause', async (c) => {
    const target = targetOf(c.req.param('name'));
    const body = await readJson(c);
    const reason = textOf(body, 'reason');
    if (reason === undefined) throw new HttpProblem(400, 'BAD_FIELD', 'Say the reason of the pause.');
    const until = untilOf(textOf(body, 'until'), now());
    const by = textOf(body, 'by', 100) ?? 'somebody with the token';
    await target.pause({ reason, at: now(), by, ...(until === undefined ? {} : { until }) });
    return c.json(target.status);
  });
  api.post('/targets/:name/resume', async (c) => {
    const target = targetOf(c.req.param('name'));
    await target.resume(textOf(await readJson(c), 'by', 100) ?? 'somebody with the token');
    return c.json(target.status);
  });
  api.post('/targets/:name/approve', async (c) => {
    const target = targetOf(c.req.param('name'));
    const body = await readJson(c);
    const digest = textOf(body, 'digest', 64);
    if (digest === undefined)
      throw new HttpProblem(400, 'BAD_FIELD', 'Say the digest of the plan you have read.');
    if (await target.approve(digest, textOf(body, 'by', 100) ?? 'somebody with the token'))
      return c.json(target.status);
    throw new HttpProblem(
      409,
      'OTHER_PLAN',
      'The plan is another one by now, or cannot be applied. Read it again.',
    );
  });
  return api;

  function viewOf(
    target: TargetWatch,
    address: string,
    part: string | undefined,
    runs: number,
  ): ScheduleView {
    const { seen, input } = target;
    const kinds = new Map(input?.provider.kinds.map((kind) => [kind.kind, kind]));
    const view =
      seen === undefined
        ? undefined
        : scheduleView({
            seen,
            kind: (name) => {
              const kind = kinds.get(name);
              if (kind === undefined) throw new HttpProblem(404, 'NO_SUCH_OBJECT', 'There is no such kind.');
              return kind;
            },
            address,
            ...(part === undefined ? {} : { part }),
            now: now(),
            runs,
            horizon: YEAR,
          });
    if (view !== undefined) return view;
    throw new HttpProblem(404, 'NO_SUCH_OBJECT', 'There is nothing of that address in this target.');
  }
}

function untilOf(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const until = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(until) && until > now) return until;
  throw new HttpProblem(400, 'BAD_FIELD', 'until has to be an ISO instant with a zone, in the future.');
}
