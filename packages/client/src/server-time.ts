/**
 * The engine's clock as seen from here. An answer says what time it was there at some moment between question and answer,
 * which may be far apart: the difference of the clocks is known to lie within that span only. An estimate that fits stays,
 * so that lines which are written one after the other over many connections keep their order.
 */

/** @param known the estimate so far, engine's clock minus this one; undefined = none @returns the estimate from now on, ms */
export function clockOffset(
  known: number | undefined,
  {
    askedAt,
    answeredAt,
    serverAt,
  }: { readonly askedAt: number; readonly answeredAt: number; readonly serverAt: number },
): number {
  const [least, most] = [serverAt - answeredAt, serverAt - askedAt];
  if (known === undefined) return Math.round((least + most) / 2);
  return Math.min(Math.max(known, least), most);
}
