/** The door for other workspaces: building bundles. */
export { type Bundle, buildAll, SHARED_OPTIONS } from './build.ts';
export { ROOT } from './root.ts';
