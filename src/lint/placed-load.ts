import type { Load } from '../core/provider.ts';
import type { Address } from '../core/resource.ts';

/** A load with the resource that asks for it. */
export interface PlacedLoad extends Load {
  address: Address;
}

/** `SapJob/report schedule daily` */
export function nameLoad({ address, label }: PlacedLoad): string {
  return `${address} ${label}`;
}

/** The first names, and how many more there are. */
export function nameLoads(loads: readonly PlacedLoad[], most = 4): string {
  const names = loads.slice(0, most).map(nameLoad).join(', ');
  return loads.length > most ? `${names} and ${loads.length - most} more` : names;
}
