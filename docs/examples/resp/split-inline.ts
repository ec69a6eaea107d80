/** What is a blank between the words of an inline command. */
const BLANK = /[\s\0]/;

const ESCAPED: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  a: '\x07',
};

/**
 * The words of an inline command, which a person types: separated by blanks; in "double quotes" with escapes (`\n`, `\x41`),
 * in 'single quotes' with `\'` alone.
 *
 * @returns null when a quote is not closed, or something follows a closing quote
 */
export function splitInline(line: string): string[] | null {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (at < line.length && BLANK.test(line.charAt(at))) at++;
    if (at === line.length) return words;
    const word = readWord(line, at);
    if (word === null) return null;
    words.push(word.text);
    at = word.end;
  }
}

interface Word {
  readonly text: string;
  readonly end: number;
}

/** A word may be in quotes from its middle on: `a"b c"` is one. */
function readWord(line: string, start: number): Word | null {
  let text = '';
  let at = start;
  while (at < line.length && !BLANK.test(line.charAt(at))) {
    const char = line.charAt(at);
    if (char !== '"' && char !== "'") {
      text += char;
      at++;
      continue;
    }
    const quoted = char === '"' ? readDoubleQuoted(line, at + 1) : readSingleQuoted(line, at + 1);
    if (quoted === null || !(quoted.end === line.length || BLANK.test(line.charAt(quoted.end)))) {
      return null;
    }
    return { text: text + quoted.text, end: quoted.end };
  }
  return { text, end: at };
}

function readDoubleQuoted(line: string, start: number): Word | null {
  let text = '';
  for (let at = start; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === '"') return { text, end: at + 1 };
    if (char !== '\\' || at + 1 === line.length) {
      text += char;
      continue;
    }
    const hex = /^x([0-9a-fA-F]{2})/.exec(line.slice(at + 1, at + 4));
    if (hex === null) {
      const escaped = line.charAt(++at);
      text += ESCAPED[escaped] ?? escaped;
    } else {
      text += String.fromCharCode(parseInt(hex[1] as string, 16));
      at += 3;
    }
  }
  return null;
}

function readSingleQuoted(line: string, start: number): Word | null {
  let text = '';
  for (let at = start; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === "'") return { text, end: at + 1 };
    if (char === '\\' && line.charAt(at + 1) === "'") at++;
    text += line.charAt(at);
  }
  return null;
}
