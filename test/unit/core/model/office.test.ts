import { describe, expect, test } from "bun:test";
import { parseOffice } from "../../../../src/core/model/office.ts";

const HOST = "11111111-2222-4333-8444-555555555555";

describe("parseOffice: a text that anybody may have written", () => {
  const good = `7.${HOST}.2`;
  const odd = [
    ...["", "7", `7.${HOST}`, `.${HOST}.2`, `7..2`, `7.none.2`, `0.${HOST}.2`, `7.${HOST}.0`, `07.${HOST}.2`],
    ...[`7.${HOST}.02`, `7.${HOST.toUpperCase().replace("2222", "ABCD")}.2`, `-7.${HOST}.2`, `7.5.${HOST}.2`],
    ...[`281474976710656.${HOST}.2`, `7.${HOST}.4294967296`, `7.00000000-0000-0000-0000-000000000000.2`],
    ...[` ${good}`, `${good}\n`, `${good}.`, good.repeat(10_000), `7.${HOST}.${"9".repeat(100_000)}`],
  ];
  for (const text of odd)
    test(`refused: ${JSON.stringify(text.slice(0, 70))}`, () => expect(parseOffice(text)).toBeNull());

  test("its parts", () => {
    expect(parseOffice(good)).toEqual({ count: 7, host: HOST, version: 2 } as never);
    expect(parseOffice(`281474976710655.${HOST}.4294967295`)).toMatchObject({
      count: 281_474_976_710_655,
      version: 4_294_967_295,
    });
  });
});
