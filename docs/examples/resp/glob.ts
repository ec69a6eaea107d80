/**
 * Whether a text matches a pattern as `KEYS` takes it: `*`, `?`, `[abc]`, `[a-z]`, `[^a]`, and `\` before what stands for
 * itself. The work is at most proportional to both lengths multiplied, whatever the pattern.
 */
export function matches(pattern: string, text: string): boolean {
  let at = 0;
  let from = 0;
  // The last star, and where in the text what follows it was tried.
  let star = -1;
  let tried = 0;
  while (from < text.length) {
    if (pattern.charAt(at) === '*') {
      star = at++;
      tried = from;
      continue;
    }
    const next = at < pattern.length ? matchOne(pattern, at, text.charAt(from)) : -1;
    if (next >= 0) {
      at = next;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      from = ++tried;
    } else return false;
  }
  while (pattern.charAt(at) === '*') at++;
  return at === pattern.length;
}

/** Matches one character. @returns where the pattern goes on; -1: it does not match */
function matchOne(pattern: string, at: number, char: string): number {
  switch (pattern.charAt(at)) {
    case '?':
      return at + 1;
    case '[':
      return matchSet(pattern, at + 1, char);
    case '\\':
      if (at + 1 < pattern.length) at++;
  }
  return pattern.charAt(at) === char ? at + 1 : -1;
}

/** A set that is not closed ends with the pattern. */
function matchSet(pattern: string, start: number, char: string): number {
  const negated = pattern.charAt(start) === '^';
  let found = false;
  let at = negated ? start + 1 : start;
  for (; at < pattern.length && pattern.charAt(at) !== ']'; at++) {
    if (pattern.charAt(at) === '\\' && at + 1 < pattern.length) at++;
    const first = pattern.charAt(at);
    let last = first;
    if (pattern.charAt(at + 1) === '-' && at + 2 < pattern.length) {
      last = pattern.charAt(at + 2);
      at += 2;
    }
    if (first <= last ? first <= char && char <= last : last <= char && char <= first) found = true;
  }
  if (found === negated) return -1;
  return Math.min(at + 1, pattern.length);
}
