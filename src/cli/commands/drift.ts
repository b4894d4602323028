import type { Configure } from '../command-table.ts';
export const configureDrift: Configure = () => {};
