/** How far the host knows each peer's name table to be, and when everybody is told of the oldest. Sends nothing. [MS-DPDX] 2.2.37 */

/** See the head of the file. Kept by the host alone; the host itself does not count (NAM-10). */
export class VersionReports {
  readonly #reports = new Map<number, number>();
  /** What everybody was told last, or need not be told. */
  #told = 0;

  /** A peer was sent the table at `version`, which is as good as a report (NAM-10). */
  joined(dpnid: number, version: number): void {
    if (this.#reports.size === 0) this.#told = version;
    this.#reports.set(dpnid, version);
  }

  /**
   * A peer reports its version; `own` is the host's. False for what no honest peer says: 0 (2.2.23), more than the
   * host has, or less than before. False changes nothing.
   */
  reported(dpnid: number, version: number, own: number): boolean {
    const before = this.#reports.get(dpnid);
    if (before === undefined || version === 0 || version > own || version < before) return false;
    this.#reports.set(dpnid, version);
    return true;
  }

  /** A peer is no longer a player; the oldest version may be higher without it (NAM-10). */
  left(dpnid: number): void {
    this.#reports.delete(dpnid);
  }

  /** Another takes over as the host, or we begin to: nothing is known of anybody. */
  clear(): void {
    this.#reports.clear();
    this.#told = 0;
  }

  /** The oldest version among the peers; `undefined` without any. */
  get oldest(): number | undefined {
    let oldest: number | undefined;
    for (const version of this.#reports.values()) {
      if (oldest === undefined || version < oldest) oldest = version;
    }
    return oldest;
  }

  /**
   * The oldest version, if it is higher than at the last call that gave one: then RESYNC_VERSION with it is due to all
   * peers, and older records may go (NAM-9). Asked after every report and every parting. Without peers it is `own`.
   */
  advance(own: number): number | undefined {
    const oldest = this.oldest ?? own;
    if (oldest <= this.#told) return undefined;
    this.#told = oldest;
    return oldest;
  }
}
