/** Whether two plain values say the same: what comes through the worker's door is new each time, and mostly equal. */
export function sameData(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [fields, otherFields] = [Object.entries(one), Object.entries(other)];
  if (fields.length !== otherFields.length) return false;
  const known = other as Readonly<Record<string, unknown>>;
  return fields.every(([name, value]) => name in known && sameData(value, known[name]));
}

/** For Lit: a property changes only when its data does. */
export function hasNewData(value: unknown, before: unknown): boolean {
  return !sameData(value, before);
}
