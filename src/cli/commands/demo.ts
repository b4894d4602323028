import type { Configure } from '../command-table.ts';
export const configureDemo: Configure = () => {};
