/** Public door of this package: what a host implements and how it mounts chat. Elements come with `entry/app.ts`. */
export { connectChat, type MountedChat, mountChat, type MountOptions, watchUnread } from './entry/loader.ts';
export type * from './element/intent.ts';
export type * from './host.ts';
export { installTokens } from './style/install.ts';
