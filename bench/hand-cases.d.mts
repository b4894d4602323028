export interface HandReport {
  points: number;
  /** Edits that came between the last read of an object and its write, and went with it. */
  overwritten: number;
  failures: string[];
}

export function handMatrix(
  product: unknown,
  options: {
    service: 'sap' | 'riversand';
    take?: (point: number) => boolean;
    only?: string;
    onFailure?: (text: string) => void;
  },
): Promise<HandReport>;
