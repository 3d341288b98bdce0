/**
 * Runs `body` while properties of `target` are replaced, and puts everything back afterwards, also
 * when it throws.
 */
export function replacing<T extends object, R>(
  target: T,
  replacements: Partial<T>,
  body: () => R,
): R {
  const names = Object.keys(replacements);
  const before = names.map((name) => Object.getOwnPropertyDescriptor(target, name));
  Object.assign(target, replacements);
  try {
    return body();
  } finally {
    for (const [i, name] of names.entries()) {
      const descriptor = before[i];
      // What was inherited becomes visible again once the own property is gone.
      if (descriptor === undefined) delete (target as Record<string, unknown>)[name];
      else Object.defineProperty(target, name, descriptor);
    }
  }
}
