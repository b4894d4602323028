/** Time as the daemon sees it; tests pass a hand-turned one. */
export interface DaemonClock {
  /** Epoch ms. */
  now(): number;
  /** Calls `task` once after `ms`; the returned function takes it back. */
  after(ms: number, task: () => void): () => void;
  /** 0 ≤ x < 1. */
  random(): number;
}
