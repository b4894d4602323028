import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/core/json.ts';
import type { Reader } from '../../../src/core/provider.ts';
import { createSapClient } from '../../../src/providers/sap/client.ts';

function answering(body: Json) {
  const reader: Reader = {
    requests: 0,
    read: async () => ({ status: 200, headers: {}, body }),
  } as Reader;
  return createSapClient(reader);
}

const schedule = { scheduleId: 'a-1', active: true, cron: '* * * * 1 2 3' };
const job = { _id: 7, name: 'report', active: true, schedules: [schedule] };

describe('SEMANTICS 10: an answer about something else than what was asked for is no answer', () => {
  it('a schedule under another id is refused', async () => {
    await expect(answering(schedule).schedule('7', 'a-1')).resolves.toEqual(schedule);
    await expect(answering(schedule).schedule('7', 'a-2')).rejects.toMatchObject({
      code: 'WIRE_SCHEMA',
      message: expect.stringContaining('/scheduleId must be the one that was asked for'),
    });
  });

  it('a job under another jobId is refused; its _id may be another number', async () => {
    await expect(answering(job).job('8')).resolves.toEqual(job);
    await expect(answering({ ...job, jobId: 7 }).job('7')).resolves.toMatchObject({ name: 'report' });
    await expect(answering({ ...job, jobId: 7 }).job('8')).rejects.toMatchObject({ code: 'WIRE_SCHEMA' });
  });

  it.each([
    ['by id', (client: ReturnType<typeof answering>) => client.job('7')],
    ['by name', (client: ReturnType<typeof answering>) => client.jobByName('report')],
  ])('a job, asked %s, that has one schedule twice is refused', async (_, ask) => {
    const twice = answering({ ...job, schedules: [schedule, { ...schedule, active: false }] });
    await expect(ask(twice)).rejects.toMatchObject({ code: 'WIRE_SCHEMA' });
  });
});
