/**
 * True when node_modules holds what the lock file names. Versions are compared, not times: a checkout and another
 * npm command touch files without changing what is installed.
 *
 * @param wanted package-lock.json @param present node_modules/.package-lock.json, undefined when there is none
 */
export function isInstalled(wanted, present) {
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted.packages).every(([path, { version, optional, link }]) => {
    if (!path.startsWith('node_modules/') || link === true) return true;
    const installed = present.packages[path]?.version;
    return installed === version || (optional === true && installed === undefined);
  });
}
