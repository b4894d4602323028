import { type Command, InvalidArgumentError, Option } from 'commander';
import { duration } from './duration.ts';

export type OutputFormat = 'text' | 'json' | 'markdown' | 'html';

export function outputOption(formats: readonly OutputFormat[]): Option {
  return new Option('-o, --output <format>', 'the form of the result').choices(formats).default('text');
}

export interface TargetOptions {
  target: string[];
  only: string[];
  concurrency: number;
}

export function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

/** `-t`, `--only` and `--concurrency`, for commands that talk to targets. */
export function addTargetOptions(command: Command, defaultTargets: string): Command {
  return command
    .option('-t, --target <name>', `the target; repeatable (default: ${defaultTargets})`, collect, [])
    .option('--only <glob>', 'only these addresses, such as "SapJob/report*"; repeatable', collect, [])
    .option('--concurrency <n>', 'most requests in flight, 1 to 16', wholeNumber(1, 16), 8);
}

/** For commands that change the state alone. */
export function addEditOptions(command: Command): Command {
  return command
    .option('-t, --target <name>', 'the target; repeatable (default: the only one)', collect, [])
    .option('-y, --yes', 'do not ask')
    .option('--lock-timeout <duration>', "wait this long for somebody else's lock", duration)
    .addOption(outputOption(['text', 'json']));
}

export interface StateOptions {
  target: string[];
  output: OutputFormat;
}

/** For commands that only look at the state. */
export function addStateOptions(command: Command): Command {
  return command
    .option('-t, --target <name>', 'the target; repeatable (default: all)', collect, [])
    .option('--verbose', 'show everything: ids, schedules, all changes')
    .addOption(outputOption(['text', 'json']));
}

/** Reads a whole number within bounds; anything else is a usage error that says what is expected. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d{1,9}$/.test(text) || number < least || number > most) {
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    }
    return number;
  };
}
