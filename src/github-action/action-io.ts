import type { ThisProcess } from '../state/this-process.ts';

/** Everything the Action takes from the outside world. `main.ts` takes it from the process and the runner. */
export interface ActionIo {
  env: Readonly<Record<string, string | undefined>>;
  /** Epoch milliseconds. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs the task every ms until the returned function is called; does not keep the process alive. */
  every(ms: number, task: () => void): () => void;
  /** 0 ≤ x < 1. */
  random(): number;
  /** For the lock of the state. */
  process: ThisProcess;
  /** Aborted when the runner cancels the job. */
  signal: AbortSignal;
  setOutput(name: string, value: string): void;
  /** Tells the runner to hide this text in its logs. */
  mask(secret: string): void;
  annotate(level: 'error' | 'warning' | 'notice', message: string, place: AnnotationPlace): void;
  /** A line of the log. */
  log(text: string): void;
  /** A line that is only shown when the job runs with debug logging. */
  debug(text: string): void;
  /** Adds Markdown to the summary of the job. */
  addSummary(markdown: string): Promise<void>;
  /** Marks the step as failed. */
  fail(message: string): void;
}

export interface AnnotationPlace {
  title?: string;
  /** Relative to the repository. */
  file?: string;
  line?: number;
  col?: number;
}
