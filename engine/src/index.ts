/** The door for tools that describe the engine: its settings. The engine itself is a process, see main.ts. */
export { ISSUER_KEYS, SERVER_KEYS } from './config/issuer.ts';
export { envName, KEYS } from './config/key.ts';
export type { Key } from './config/reader.ts';
