import type { JsonObject } from '../core/json.ts';
import type { Pointer } from '../core/pointer.ts';
import type { Place } from '../core/resource.ts';
import type { LocateOptions } from './locate.ts';

/** One document as written: of a known kind, but not checked any further. */
export interface LoadedManifest {
  kind: string;
  /** As written; undefined when it is missing or no text. */
  name: string | undefined;
  value: JsonObject;
  /** Where the document starts. */
  place: Place;
  /** Where something in it stands. */
  locate(pointer: Pointer, options?: LocateOptions): Place;
}
