/** Nominal types over primitives. Each brand has one parse function, its only door. */
declare const BRAND: unique symbol;

/** A `T` that only the parse function of `Name` hands out. */
export type Brand<T, Name extends string> = T & { readonly [BRAND]: Name };
