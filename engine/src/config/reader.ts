/** Readers of settings: unknown value in, checked value out, or a problem that completes "Setting x must be …". */

/** Thrown by readers; load.ts puts the setting's name before it. */
export class Problem extends Error {
  /** Path below the value that was read, for example `[0].imap.port`. */
  readonly at: string;

  constructor(message: string, at = '') {
    super(message);
    this.at = at;
  }

  under(step: string): Problem {
    return new Problem(this.message, `${step}${this.at}`);
  }
}

export type Reader<T> = (value: unknown) => T;

export const text: Reader<string> = (value) => {
  if (typeof value !== 'string' || value === '') throw new Problem('must be a text that is not empty');
  return value;
};

export function integer(least: number, most = Number.MAX_SAFE_INTEGER): Reader<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return (value) => {
    const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < least || number > most) {
      throw new Problem(`must be a whole number ${range}`);
    }
    return number;
  };
}

export const port = integer(1, 65_535);

export function oneOf<const T extends string>(...words: readonly T[]): Reader<T> {
  return (value) => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw new Problem(`must be one of ${words.join(', ')}`);
    return found;
  };
}

/** From the environment: words with commas between them, or JSON. */
export function list<T>(item: Reader<T>): Reader<readonly T[]> {
  return (value) => {
    const items = typeof value === 'string' ? splitList(value) : value;
    if (!Array.isArray(items)) throw new Problem('must be a list');
    return items.map((entry: unknown, at) => below(`[${at}]`, () => item(entry)));
  };
}

function splitList(value: string): unknown {
  if (value.trim().startsWith('[')) return parseJson(value);
  return value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** From the environment: the word `null`. */
export function nullable<T>(reader: Reader<T>): Reader<T | null> {
  return (value) => (value === null || value === 'null' ? null : reader(value));
}

/** A documented field: what it means, and what holds when it is absent. */
export interface Key<T> {
  readonly read: Reader<T>;
  /** Absent = the setting is required. */
  readonly fallback?: { readonly value: T };
  readonly unit?: 'ms' | 'bytes' | 'per minute' | 'per second' | undefined;
  readonly doc: string;
}

export function required<T>(read: Reader<T>, doc: string): Key<T> {
  return { read, doc };
}

export function key<T>(read: Reader<T>, fallback: NoInfer<T>, doc: string, unit?: Key<T>['unit']): Key<T> {
  return { read, fallback: { value: fallback }, doc, unit };
}

export function optional<T>(read: Reader<T>, doc: string): Key<T | undefined> {
  return { read, fallback: { value: undefined }, doc };
}

/** @throws Problem when the value is missing or wrong */
export function readKey<T>({ read, fallback }: Key<T>, value: unknown): T {
  if (value !== undefined) return read(value);
  if (fallback === undefined) throw new Problem('is missing; set it');
  return fallback.value;
}

export type Keys = Readonly<Record<string, Key<unknown>>>;
type Shaped<S extends Keys> = { readonly [K in keyof S]: ReturnType<S[K]['read']> };

/** An object with these fields and no others. From the environment: JSON. */
export function object<S extends Keys>(keys: S): Reader<Shaped<S>> {
  return (value) => {
    const given = typeof value === 'string' ? parseJson(value) : value;
    if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new Problem('must be an object');
    for (const name of Object.keys(given)) {
      if (!Object.hasOwn(keys, name))
        throw new Problem('is not a setting; check its spelling or remove it', `.${name}`);
    }
    const fields = given as Readonly<Record<string, unknown>>;
    const entries = Object.entries(keys).map(([name, entry]) => [
      name,
      below(`.${name}`, () => readKey(entry, fields[name])),
    ]);
    return Object.fromEntries(entries) as Shaped<S>;
  };
}

/** An origin as browsers send it, for example `https://mail.example.org`. */
export const origin: Reader<string> = (value) => {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.origin !== value) {
    throw new Problem('must be an origin such as https://mail.example.org, without a path or final slash');
  }
  return url.origin;
};

/** A path such as `/coi`; the root is the empty text. */
export const basePath: Reader<string> = (value) => {
  if (typeof value !== 'string' || !/^(\/[A-Za-z0-9._~-]+)*\/?$/.test(value)) {
    throw new Problem('must be a path such as /coi');
  }
  return value.replace(/\/$/, '');
};

export const domain: Reader<string> = (value) => {
  const name = text(value).toLowerCase();
  if (!/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/.test(name)) {
    throw new Problem('must be a mail domain such as example.org');
  }
  return name;
};

/** `host:port`, as a webmail may name a mail server. */
export const hostAndPort: Reader<string> = (value) => {
  const name = text(value).toLowerCase();
  if (!/^[a-z0-9.:_[\]-]+:\d{1,5}$/.test(name)) throw new Problem('must be a host and port such as localhost:143');
  return name;
};

function below<T>(step: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Problem ? error.under(step) : error;
  }
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    throw new Problem('must be JSON');
  }
}
