import type { Approval, Pause } from './status.ts';

/** What has to outlive the daemon: a pause that ends with a restart would be none. */
export interface TargetMemory {
  pause?: Pause;
  approval?: Approval;
}

export interface WatchMemory {
  read(target: string): Promise<TargetMemory>;
  write(target: string, memory: TargetMemory): Promise<void>;
}
