/**
 * The wire's version. A client speaks exactly one; the engine speaks PROTOCOL_MINIMUM to PROTOCOL_VERSION.
 *
 * History: 1 first version.
 */
export const PROTOCOL_VERSION = 1;
export const PROTOCOL_MINIMUM = 1;

/** WebSocket subprotocol that both sides name. */
export const SUBPROTOCOL = 'coi.1';

/** Prefix of the second subprotocol that carries a token when the engine is on another origin. */
export const TOKEN_SUBPROTOCOL_PREFIX = 'coi.token.';
