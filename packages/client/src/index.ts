export * from './api.ts';
export * from './connect-options.ts';
export { type ChatClient, connect } from './connect.ts';
