export * from './backoff.ts';
export * from './brand.ts';
export * from './bytes.ts';
export * from './clock.ts';
export * from './errors.ts';
export * from './lock.ts';
export * from './log.ts';
export * from './signal.ts';
