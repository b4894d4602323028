import type { ThisProcess } from '../state/this-process.ts';

/** A question with an answer in words. */
interface TextQuestion {
  message: string;
  choices?: readonly string[];
  example?: string;
}

/** Everything the command line takes from the outside world. `run` gets it passed in; `node-io.ts` takes it from the process. */
export interface Io {
  /** Results. */
  out(text: string): void;
  /** Progress, questions and logs. */
  err(text: string): void;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** Whether a person can answer questions. */
  interactive: boolean;
  outIsTerminal: boolean;
  errIsTerminal: boolean;
  /** Width of the terminal, if there is one. */
  columns?: number;
  /** Epoch milliseconds. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs the task every ms until the returned function is called; does not keep the process alive. */
  every(ms: number, task: () => void): () => void;
  /** Who and where we are, for locks. */
  process: ThisProcess;
  /** 0 ≤ x < 1. */
  random(): number;
  /** Asks yes or no; false also when the person gives up. */
  confirm(question: string): Promise<boolean>;
  /** Asks for a text, or for one of the choices; undefined when the person gives up. Absent where nobody is. */
  ask?(question: TextQuestion): Promise<string | undefined>;
  /** Aborted when somebody asks the program to stop. */
  signal: AbortSignal;
}
