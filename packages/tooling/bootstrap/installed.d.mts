interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly optional?: boolean; readonly link?: boolean }>
  >;
}
export function isInstalled(wanted: Lock | undefined, present: Lock | undefined): boolean;
