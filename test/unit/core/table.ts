/** How the cells of each column are read. A reader refuses what it does not know. */
type Columns = Readonly<Record<string, (cell: string) => unknown>>;
type Row<C extends Columns> = { readonly [Name in keyof C]: ReturnType<C[Name]> } & { readonly why: string };

/**
 * The rows of a table that is written as text. The first line names the columns; cells are words, and `|` between them only
 * guides the eye. What follows `#` says why: of a row in `why`, on a line of its own of nothing in particular.
 */
export function table<C extends Columns>(columns: C, text: string): readonly Row<C>[] {
  const lines = text.split("\n").flatMap((line, index) => {
    const [cells = "", ...why] = line.split("#");
    const words = cells.split(/[\s|]+/).filter((word) => word !== "");
    return words.length === 0 ? [] : [{ number: index + 1, words, why: why.join("#").trim() }];
  });
  const [header, ...rows] = lines;
  const names = header?.words ?? [];
  const strange = names.filter((name) => !Object.hasOwn(columns, name));
  const missing = Object.keys(columns).filter((name) => !names.includes(name));
  if (strange.length > 0) throw new Error(`unknown columns: ${strange.join(", ")}`);
  if (missing.length > 0) throw new Error(`missing columns: ${missing.join(", ")}`);
  if (rows.length === 0) throw new Error("the table has no rows");

  return rows.map(({ number, words, why }) => {
    if (words.length !== names.length)
      throw new Error(`line ${number}: ${words.length} cells for ${names.length} columns`);
    const cells = names.map((name, index): [string, unknown] => [
      name,
      read(number, columns[name], words[index]),
    ]);
    return { ...Object.fromEntries(cells), why } as Row<C>;
  });
}

function read(line: number, reader: Columns[string] | undefined, word = ""): unknown {
  try {
    return reader?.(word);
  } catch (cause) {
    throw new Error(`line ${line}: ${(cause as Error).message}`, { cause });
  }
}

/** A cell that is one of these words, and what each means. */
export function meaning<Meaning>(words: Readonly<Record<string, Meaning>>): (cell: string) => Meaning {
  return (cell) => {
    const known = Object.entries(words).find(([word]) => word === cell);
    if (known === undefined) throw new Error(`"${cell}" is none of ${Object.keys(words).join(", ")}`);
    return known[1];
  };
}

/** A cell that is one of these words, taken as it stands. */
export function oneOf<const Word extends string>(...words: readonly Word[]): (cell: string) => Word {
  return meaning(Object.fromEntries(words.map((word) => [word, word])) as Record<string, Word>);
}

/** A cell that is a number, such as `3` or `9.75`. */
export function number(cell: string): number {
  if (!/^\d+(?:\.\d+)?$/.test(cell)) throw new Error(`"${cell}" is no number`);
  return Number(cell);
}

/** A parameter that is on or off, as an administrator sets it. */
export const flag = meaning({ "1": true, "0": false });
export const yesNo = meaning({ yes: true, no: false });
