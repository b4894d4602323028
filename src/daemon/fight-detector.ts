/** Putting the same thing back this often within the stretch is a fight. */
const ROUNDS = 3;
const STRETCH = 60 * 60_000;

/** Somebody changes back what we set. */
export interface Fight {
  address: string;
  /** What is fought over: pointers, or `missing` for an object that somebody deletes. */
  over: readonly string[];
  rounds: number;
  /** Epoch ms of the first round that counts. */
  since: number;
}

export interface DriftOf {
  address: string;
  over: readonly string[];
  /** What the manifest wants; another wish is another story. */
  wanted: string;
}

interface Rounds {
  over: readonly string[];
  wanted: string;
  healedAt: number[];
}

/**
 * Counts how often drift of one object was put back. After a few rounds within an hour it is left alone, until the manifest
 * changes, the drift is gone by itself, or somebody asks for it by hand.
 */
export class FightDetector {
  readonly #rounds = new Map<string, Rounds>();

  /** The drift seen by a pass: what is not there any more, or is wanted otherwise by now, is forgotten when it was a fight. */
  observe(drifts: readonly DriftOf[], now: number): void {
    const seen = new Map(drifts.map((drift) => [drift.address, drift]));
    for (const [address, rounds] of this.#rounds) {
      const drift = seen.get(address);
      if (drift !== undefined && drift.wanted !== rounds.wanted) this.#rounds.delete(address);
      if (drift === undefined && this.#isFight(rounds, now)) this.#rounds.delete(address);
      if (rounds.healedAt.every((at) => at <= now - STRETCH)) this.#rounds.delete(address);
    }
  }

  /** A pass has put this back. */
  healed(drift: DriftOf, now: number): void {
    const known = this.#rounds.get(drift.address);
    const rounds =
      known?.wanted === drift.wanted ? known : { over: drift.over, wanted: drift.wanted, healedAt: [] };
    rounds.healedAt = [...rounds.healedAt.filter((at) => at > now - STRETCH), now];
    this.#rounds.set(drift.address, { ...rounds, over: drift.over });
  }

  fights(now: number): Fight[] {
    return [...this.#rounds]
      .filter(([, rounds]) => this.#isFight(rounds, now))
      .map(([address, { over, healedAt }]) => ({
        address,
        over,
        rounds: healedAt.length,
        since: healedAt[0] ?? now,
      }));
  }

  /** Somebody wants it put back all the same. */
  reset(): void {
    this.#rounds.clear();
  }

  #isFight({ healedAt }: Rounds, now: number): boolean {
    return healedAt.filter((at) => at > now - STRETCH).length >= ROUNDS;
  }
}
