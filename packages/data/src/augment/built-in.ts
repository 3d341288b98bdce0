const made: WeakSet<object> = new WeakSet();

/** Notes that this package made an augmentation, so that its name and options are all that there is to it. */
export function builtIn<T extends object>(augmentation: T): T {
  made.add(augmentation);
  return augmentation;
}

/** Whether {@link builtIn} saw it; a changed copy was not seen. */
export const isBuiltIn = (augmentation: object): boolean => made.has(augmentation);
