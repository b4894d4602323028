import { exitCodes } from './exit-codes.ts';
import { exitCodeOf, nodeIo } from './node-io.ts';
import { run } from './run.ts';

/** Runs the program in this process and ends it with the exit code, once all output is written. */
export async function start(argv: readonly string[]): Promise<void> {
  const io = nodeIo();
  const code = await run(argv, io);
  const signal = io.receivedSignal();
  const status = signal !== undefined && code === exitCodes.interrupted ? exitCodeOf(signal) : code;
  process.stdout.write('', () => {
    // A stream tells of its failures after the calls back.
    setImmediate(() => {
      const unwritten = io.unwritten();
      const tell = unwritten === undefined ? '' : `error OUTPUT_UNWRITABLE stdout: ${unwritten.message}\n`;
      const final = unwritten !== undefined && status === exitCodes.done ? exitCodes.failed : status;
      process.stderr.write(tell, () => process.exit(final));
    });
  });
}
