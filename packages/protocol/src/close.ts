/** WebSocket close codes of ours, and what a client does about them. */
export const CLOSE = {
  /** The engine restarts or drains: reconnect at once, with jitter. */
  goingAway: 1001,
  /** Session ended (logout, expiry): lock, show "signed out". */
  sessionEnded: 4001,
  /** Client is older or newer than the engine can speak: show "reload". */
  protocolMismatch: 4002,
  /** Cookie and `hello` name different accounts: lock. */
  accountMismatch: 4003,
  /** Too much buffered: reconnect and resume by sequence. */
  slowReader: 4008,
  /** Malformed, oversized or too early frame: a bug or an attack. */
  badFrame: 4009,
} as const;
