export * from './api.ts';
export * from './connect-options.ts';
