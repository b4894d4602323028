import type { Json } from '../../core/json.ts';

export interface ParsedDocument {
  /** Position among the documents of the file, from 0. */
  index: number;
  value: Json;
  /** Where its content starts; both count from 1. */
  line: number;
  col: number;
}
