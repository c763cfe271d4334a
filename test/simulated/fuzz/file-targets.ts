import { writeFileSync } from "node:fs";
import { createConfigFiles } from "../../../src/adapters/files/config-files.ts";
import { readInventory, readRole } from "../../../src/adapters/files/local-host-files.ts";
import { createPrivateFiles } from "../../../src/adapters/files/private-files.ts";
import { createStateStore } from "../../../src/adapters/files/state-store-files.ts";
import { createSystemClock } from "../../../src/adapters/processes/clock-system.ts";
import { findDaemon } from "../../../src/adapters/processes/daemon-process.ts";
import { createLogFile } from "../../../src/adapters/syslog/log-file.ts";
import type { Random } from "../../../src/simulation/random.ts";
import { mangleText } from "./mangle.ts";
import { claim, type Target } from "./target.ts";

/** Bytes of a file: a damaged text, some of it no UTF-8. */
function mangleBytes(random: Random, text: string): Buffer {
  const bytes = Buffer.from(mangleText(random, text));
  if (bytes.length > 0 && random.chance(0.3)) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

/** The files that the program reads, through the adapters that read them; `at` is a path in a folder of the test. */
export function fileTargets(at: (name: string) => string): readonly Target[] {
  const target = (name: string, samples: readonly string[], read: (path: string) => unknown): Target => {
    const path = at(name.replaceAll(" ", "-"));
    return {
      name: `file: ${name}`,
      async play(random) {
        writeFileSync(path, mangleBytes(random, random.pick(samples)), { mode: 0o600 });
        await read(path);
      },
    };
  };
  const store = createStateStore(at("."), at("run"));
  const line = "Nov 23 09:41:40 h1 ha-lizard[12]: vm_mon: web was halted and has been started.\n";
  const never = new AbortController().signal;
  return [
    target("pool.conf", ["master", "slave:10.0.0.1\n"], async (path) => {
      const role = await readRole(path);
      claim(role.kind !== "slave" || /^[\w.:%[\]-]{1,255}$/.test(role.masterAddress), "an address is one");
    }),
    target("inventory", ["INSTALLATION_UUID='x'\nCONTROL_DOMAIN_UUID='y'\n"], readInventory),
    target("parameters", ["OP_MODE=2\nFENCE_PASSWD='a b'\n# x\n"], (path) =>
      createConfigFiles({ override: path, lastGood: path }).read(),
    ),
    target("backup", ["OP_MODE=2\n"], (path) => createPrivateFiles().read(path)),
    target("memory.json", ['{"checksum":"00","document":{}}\n', '{"version":1}'], () => store.load("memory")),
    target("pid file", ["123\n", `${process.pid}\n`], (path) => {
      claim(findDaemon(path, "ha-lizard.mon") === null, "this test is no monitor");
    }),
    target("log", [line.repeat(20)], (path) =>
      createLogFile({ clock: createSystemClock(), places: [path], closed: never }).recent(),
    ),
  ];
}
