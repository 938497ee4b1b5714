/** Leases that several processes share. The hub decides when to take, renew and drop; a store only keeps them. */

export interface LeaseStore {
  /** Takes a free or expired lease, or renews one's own. False while another owner holds it. Atomic. */
  takeLease(name: string, owner: string, nowAt: number, untilAt: number): Promise<boolean>;
  /** No effect on another owner's lease. */
  dropLease(name: string, owner: string): Promise<void>;
}
