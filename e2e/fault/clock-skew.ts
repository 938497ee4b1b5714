/** Loaded into an engine before anything else: its clock is ahead by COI_CLOCK_SKEW_MS. */

const skewMs = Number(process.env['COI_CLOCK_SKEW_MS'] ?? 0);
const { now } = Date;

if (skewMs !== 0) {
  Date.now = () => now() + skewMs;
  globalThis.Date = new Proxy(Date, {
    construct: (target, args: unknown[]) =>
      Reflect.construct(target, args.length === 0 ? [now() + skewMs] : args) as object,
  });
}
