export interface FaultReport {
  points: number;
  plan: number;
  apply: number;
  converged: number;
  failures: string[];
}

export function faultMatrix(
  product: Readonly<Record<string, unknown>>,
  options: {
    service: 'sap' | 'riversand';
    take?(point: number): boolean;
    only?: string;
    onFailure?(text: string): void;
  },
): Promise<FaultReport>;
