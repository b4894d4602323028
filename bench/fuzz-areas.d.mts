import type { Io } from '../src/cli/io.ts';
import type { Emulator, EmulatorOptions } from '../src/emulator/index.ts';

export interface FuzzProduct {
  run(argv: readonly string[], io: Io): Promise<number>;
  startEmulator(options?: EmulatorOptions): Promise<Emulator>;
}

export interface FuzzOptions {
  area: string;
  seed: number;
  enough(cases: number): boolean;
  onTrouble?(seed: number, trouble: { what: string; detail: string }): void;
}

export const areas: Readonly<Record<string, unknown>>;

export function fuzzArea(
  product: FuzzProduct,
  options: FuzzOptions,
): Promise<{ area: string; cases: number; troubles: { seed: number; what: string; detail: string }[] }>;
