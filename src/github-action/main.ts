import { setTimeout as delay } from 'node:timers/promises';
import * as core from '@actions/core';
import { thisProcess } from '../state/this-process.ts';
import type { ActionIo } from './action-io.ts';
import { runAction } from './run.ts';

const controller = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  // The runner sends both when a job is cancelled: the call in flight ends, and is recorded.
  process.on(name, () => controller.abort());
}

const annotators = { error: core.error, warning: core.warning, notice: core.notice };

const io: ActionIo = {
  env: process.env,
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  },
  every: (ms, task) => {
    const timer = setInterval(task, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
  random: () => Math.random(),
  process: thisProcess(process.env),
  signal: controller.signal,
  setOutput: core.setOutput,
  mask: core.setSecret,
  annotate: (level, message, { title, file, line, col }) => {
    annotators[level](message, {
      ...(title === undefined ? {} : { title }),
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { startLine: line }),
      ...(col === undefined ? {} : { startColumn: col }),
    });
  },
  log: core.info,
  debug: core.debug,
  addSummary: async (markdown) => {
    await core.summary.addRaw(markdown, true).write();
  },
  fail: (message) => {
    process.exitCode = 1;
    core.error(message);
  },
};

await runAction(io);
