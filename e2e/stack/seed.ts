import type { StackInfo } from './info.ts';
export async function seedDemo(_info: StackInfo): Promise<void> {}
