import { expect, test } from "bun:test";
import { defaultText, ROWS } from "../../../../src/config/params.ts";
import { GROUPS, groupOf, parametersOf } from "../../../../src/manual/tables/parameters.ts";
import { TEXTS } from "../../../../src/manual/texts.ts";

const all = GROUPS.map(parametersOf).join("\n");

test("every parameter is in one group, with its meaning and its default, and every group in the chapter", () => {
  for (const [name, row] of ROWS) {
    const isSwitch = row.scope === "host" && groupOf(name, row) === null;
    expect([name, all.split(`### \`${name}\`\n`).length - 1]).toEqual([name, isSwitch ? 0 : 1]);
    if (isSwitch) expect(name).toMatch(/^(LOG|MAIL)_[a-z]/);
    else expect(all).toContain(`\n\n${row.meaning}\n\n`);
    const standard = defaultText(name);
    if (!isSwitch && standard !== "") expect(all).toContain(`* default: \`${standard}\`\n`);
  }
  for (const group of GROUPS) expect(TEXTS.parameters).toContain(`\n{{parameters ${group}}}\n`);
});

test("what is dangerous, deprecated, secret or kept elsewhere says so", () => {
  const of = (name: string) => all.split(`### \`${name}\`\n`)[1]?.split("###")[0];
  expect(of("FENCE_HA_ONFAIL")).toContain("* `1`: dangerous: ");
  expect(of("FENCE_HOST_FORGET")).toContain("* deprecated\n");
  expect(of("FENCE_PASSWD")).toContain("* default: nothing\n");
  expect(of("FENCE_PASSWD")).toContain("never shown");
  expect(of("HEARTBEAT_PORT")).toContain("changed only while HA is off");
  expect(of("WATCH_INTERVAL")).toContain("* kept in: the script of the watchdog");
});

test("a group that does not exist is a fault of the chapter", () =>
  expect(() => parametersOf("nothing")).toThrow("there are no parameters of nothing"));
