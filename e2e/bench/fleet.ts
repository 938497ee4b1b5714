/** Many signed-on accounts, each with one socket, as so many people with a webmail open. */
import { signOn, type Session, Wire } from '../fixture/wire.ts';
import type { Stack } from '../stack/stack.ts';
import type { User } from '../stack/users.ts';

const PARALLEL = 40;

export interface Member {
  readonly user: User;
  readonly session: Session;
  wire: Wire;
}

/** Does one task after the other for each item, `width` at a time. */
export async function inParallel<T, R>(
  items: readonly T[],
  task: (item: T, index: number) => Promise<R>,
  width = PARALLEL,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++)
      results[index] = await task(items[index] as T, index);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}

export async function freshUsers(stack: Stack, count: number): Promise<readonly User[]> {
  const users: User[] = [];
  for (let index = 0; index < count; index += 1) users.push(await stack.freshUser());
  return users;
}

export function openFleet(engineUrl: string, users: readonly User[], width = PARALLEL): Promise<readonly Member[]> {
  return inParallel(
    users,
    async (user) => {
      const session = await signOn(engineUrl, user);
      return { user, session, wire: await Wire.connect(session) };
    },
    width,
  );
}

export function closeFleet(fleet: readonly Member[]): void {
  for (const { wire } of fleet) wire.close();
}
