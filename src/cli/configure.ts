import type { Command } from 'commander';
import type { Invocation } from './invocation.ts';

/** Adds arguments, options, help and action to a command that has its name and summary already. */
export type Configure = (command: Command, invocation: Invocation) => void;
