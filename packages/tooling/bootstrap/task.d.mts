interface Task {
  readonly command: (args: readonly string[]) => readonly string[];
  readonly needsDebian?: boolean;
  readonly needsRoot?: boolean;
}
export function findTask(name: string, args: readonly string[]): Task | undefined;
