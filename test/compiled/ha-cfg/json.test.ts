import { afterAll, beforeAll, expect, test } from "bun:test";
import { z } from "zod/mini";
import { ScratchFolder } from "../../unit/adapters/scratch.ts";
import { Stage } from "./stage.ts";

const folder = new ScratchFolder("ha-cfg");
let stage: Stage;
const RECORD = "etc/ha-lizard/state/record/2026-11-30T19-43-49.120Z.record";
beforeAll(async () => {
  const vms = [{ name: "web", on: 1, ha: "true" }, { name: "db", on: 2, ha: "false" }, { name: "spare" }];
  stage = await Stage.open(folder, { hosts: 3, ha: "true", vms });
  await stage.run(1, ["insert"]);
  // What ha-cfg knows of the hosts without XAPI is what an iteration has left.
  const { env } = stage.command(1, []);
  const command = ["unshare", "--user", "--map-root-user", "--net", stage.binary, "iterate"];
  const child = Bun.spawn(command, { env, stdin: "ignore", stderr: "ignore" });
  expect(await child.exited).toBe(0);
  const head = { record: "ha-lizard", format: 1, version: "3.0.0", host: "h1" };
  stage.write(1, RECORD, `${JSON.stringify(head)}\n`);
  const { database, messages } = stage.server.world.host(1);
  messages.set("OpaqueRef:m", {
    ...{ uuid: "m", name: "HA-LIZARD", priority: 2, cls: "pool", obj_uuid: database.refs("pool")[0] ?? "" },
    ...{ timestamp: "20261123T09:41:40Z", body: "h9 has failed\nLook at h9." },
  });
});
afterAll(() => stage.stop());

const text = z.string();
const maybeText = z.nullable(text);
const maybeNumber = z.nullable(z.number());
const named = z.strictObject({ uuid: maybeText, name: maybeText });
const daemon = z.looseObject({ state: text });
const seconds = z.nullable(z.number());
const verdict = z.enum(["ok", "warn", "bad"]);
const mail = {
  sent: z.boolean(),
  server: text,
  from: text,
  to: z.array(text),
  why: maybeText,
  refused: z.array(z.strictObject({ address: text, why: text, passing: z.boolean() })),
  unencrypted: maybeText,
};

const explanation = z.strictObject({
  schema: z.literal(1),
  kind: z.enum(["host", "vm"]),
  uuid: text,
  name: text,
  source: z.enum(["pool", "last-good", "none"]),
  sourceAgeS: seconds,
  xapiFault: maybeText,
  now: text,
  why: z.array(text),
  next: z.array(z.strictObject({ text, inS: seconds })),
});

/** The table of src/cli/README.md. */
const SCHEMAS: readonly (readonly [readonly string[], z.ZodMiniType])[] = [
  [
    ["get"],
    z.array(
      z.strictObject({
        name: text,
        value: text,
        source: z.enum(["default", "pool", "override", "last-good"]),
        scope: z.enum(["pool", "host"]),
        default: text,
        meaning: text,
      }),
    ),
  ],
  [
    ["get-vm-ha"],
    z.array(
      z.strictObject({
        uuid: text,
        name: text,
        ha: z.nullable(z.boolean()),
        powerState: text,
        managed: z.boolean(),
        why: text,
        caveat: maybeText,
        stopped: z.nullable(z.strictObject({ who: text, at: maybeText, staysDown: z.boolean(), text })),
      }),
    ),
  ],
  [
    ["status"],
    z.strictObject({
      schema: z.literal(1),
      version: text,
      source: z.enum(["pool", "last-good", "none"]),
      sourceAgeS: seconds,
      xapiFault: maybeText,
      xapiHeldS: seconds,
      ha: z.nullable(z.enum(["on", "off", "unset"])),
      xapiHa: z.nullable(z.boolean()),
      mode: text,
      fencing: text,
      notFencing: maybeText,
      self: z.strictObject({ uuid: maybeText, name: maybeText, role: text }),
      pool: named,
      master: z.nullable(named),
      successor: z.nullable(named),
      noSuccessor: maybeText,
      monitor: daemon,
      watchdog: daemon,
      lastIteration: z.nullable(z.looseObject({ finishedAt: text, result: text, overdue: z.boolean() })),
      hearing: z.nullable(
        z.strictObject({
          trouble: maybeText,
          refused: z.looseObject({}),
          hosts: z.array(z.looseObject({ heard: text })),
        }),
      ),
      group: z.nullable(
        z.strictObject({
          lead: text,
          leader: z.nullable(z.looseObject({ name: maybeText })),
          sinceS: z.number(),
          mayAct: z.boolean(),
          counts: z.array(text),
          heard: z.array(text),
          leftOut: z.array(text),
          master: z.nullable(z.looseObject({ name: maybeText })),
          isSettled: z.nullable(z.boolean()),
          ha: z.nullable(z.boolean()),
          disarmed: z.array(z.strictObject({ host: z.nullable(named), leftS: z.number() })),
          awaited: z.array(text),
          leases: z.array(z.strictObject({ host: maybeText, leaseS: z.number(), endsInS: z.number() })),
          ownLease: z.nullable(
            z.strictObject({
              leaseS: z.nullable(z.number()),
              armed: z.number(),
              answeredS: z.nullable(z.number()),
              firesInS: z.nullable(z.number()),
              trouble: maybeText,
            }),
          ),
          tie: z.nullable(
            z.strictObject({
              breaker: z.enum(["none", "ip", "ssh", "sr"]),
              decides: z.boolean(),
              by: z.enum(["master", "claim"]),
              holder: z.nullable(z.looseObject({ name: maybeText })),
              place: maybeText,
              need: z.enum(["none", "lacks", "lives", "lost"]),
              trouble: maybeText,
              troubleS: seconds,
              tested: z.nullable(z.strictObject({ ageS: z.number(), wrong: maybeText, sinceS: z.number() })),
            }),
          ),
          trouble: maybeText,
        }),
      ),
      hosts: z.array(
        z.strictObject({
          uuid: text,
          name: text,
          address: text,
          role: z.enum(["master", "slave"]),
          isSelf: z.boolean(),
          enabled: z.boolean(),
          state: text,
          xapi: maybeText,
          lastSeenS: seconds,
          vms: seconds,
        }),
      ),
      vms: z.nullable(
        z.strictObject({
          ...{ all: z.number(), managed: z.number(), running: z.number(), waiting: z.number() },
          stopped: z.array(z.strictObject({ uuid: text, name: text, text })),
        }),
      ),
      incidents: z.array(z.strictObject({ kind: text, host: maybeText, text, ageS: seconds })),
      standing: z.nullable(
        z.strictObject({
          ageS: z.number(),
          survives: z.boolean(),
          inService: z.number(),
          weakHosts: z.array(text),
          unprotected: z.array(text),
        }),
      ),
      conditions: z.array(text),
    }),
  ],
  [
    ["doctor"],
    z.strictObject({
      schema: z.literal(1),
      version: text,
      host: maybeText,
      verdict,
      findings: z.array(z.strictObject({ check: text, verdict, text, cure: maybeText })),
    }),
  ],
  [
    ["plan"],
    z.strictObject({
      schema: z.literal(1),
      plans: z.array(
        z.strictObject({
          ifFails: z.array(text),
          noticedS: z.number(),
          proof: text,
          proofAtMostS: z.nullable(z.number()),
          vms: z.array(
            z.strictObject({
              uuid: text,
              name: text,
              on: maybeText,
              fate: z.enum(["stays", "starts", "no-host", "left"]),
              to: maybeText,
              together: z.boolean(),
              why: maybeText,
            }),
          ),
        }),
      ),
    }),
  ],
  [
    ["drill", "h1"],
    z.strictObject({
      ...{
        schema: z.literal(1),
        host: text,
        isMaster: z.boolean(),
        haOn: z.boolean(),
        assumed: z.array(text),
      },
      timeline: z.array(z.strictObject({ atS: z.number(), text })),
      times: z.strictObject({
        ...{ missedS: maybeNumber, suspectedS: maybeNumber, failedS: maybeNumber, provedS: maybeNumber },
        ...{ newMasterS: maybeNumber, declaredS: maybeNumber, firstVmS: maybeNumber, lastVmS: maybeNumber },
      }),
      vms: z.array(
        z.strictObject({ uuid: text, name: text, to: maybeText, afterS: maybeNumber, why: maybeText }),
      ),
      playedS: z.number(),
    }),
  ],
  [
    ["history"],
    z.strictObject({
      schema: z.literal(1),
      incidents: z.array(z.looseObject({ id: text, from: text, to: text, headline: text })),
      missing: z.array(z.strictObject({ host: text, why: text })),
    }),
  ],
  [
    ["replay", folder.at("root1", RECORD)],
    z.strictObject({
      ...{ schema: z.literal(1), host: text, recordedBy: text, version: text },
      ...{ rounds: z.number(), passes: z.number(), from: maybeText, to: maybeText, unread: z.array(text) },
      ...{ difference: z.null(), whatIf: z.null() },
    }),
  ],
  [["replay"], z.array(z.strictObject({ path: text, began: text, incident: z.boolean() }))],
  [["explain", "host", "h2"], z.array(explanation)],
  [["explain", "vm", "web"], z.array(explanation)],
  [
    ["fence-test"],
    z.array(
      z.strictObject({
        host: text,
        uuid: text,
        method: text,
        state: z.enum(["on", "off", "unknown", "not-asked"]),
        wrong: maybeText,
      }),
    ),
  ],
  [
    ["power-on", "h2", "--yes"],
    z.strictObject({ host: text, uuid: text, switchedOn: z.boolean(), by: maybeText, why: maybeText }),
  ],
  [
    ["fence-hosts"],
    z.strictObject({
      method: text,
      path: maybeText,
      hosts: z.array(
        z.strictObject({
          host: text,
          uuid: text,
          device: maybeText,
          list: z.enum(["own", "same", "differs", "missing", "not-used", "not-reached"]),
          why: maybeText,
        }),
      ),
      problems: z.array(text),
    }),
  ],
  [
    ["tie-breaker"],
    z.strictObject({
      breaker: z.enum(["none", "ip", "ssh", "sr"]),
      place: maybeText,
      test: z.nullable(z.strictObject({ host: text, wrong: maybeText })),
      needed: z.boolean(),
      choices: z.array(z.strictObject({ choice: text, text })),
    }),
  ],
  [
    ["ha-enable"],
    z.strictObject({
      on: z.boolean(),
      findings: z.array(z.strictObject({ check: text, verdict, text, cure: maybeText })),
      starts: z.nullable(z.array(z.strictObject({ uuid: text, name: text }))),
    }),
  ],
  [["email"], z.strictObject(mail)],
  [["email-debug"], z.strictObject({ ...mail, dialogue: z.array(text) })],
  [["manual"], z.array(z.strictObject({ name: text, title: text, about: text, text }))],
  [
    ["show-alerts"],
    z.array(
      z.strictObject({
        at: text,
        severity: z.enum(["critical", "error", "warning", "info"]),
        subject: text,
        body: text,
      }),
    ),
  ],
];

for (const [args, schema] of SCHEMAS) {
  test(`${args.join(" ")} --json: JSON and nothing else, as the table says`, async () => {
    const { out } = await stage.run(1, [...args, "--json"]);
    const read = z.safeParse(schema, JSON.parse(out));
    expect(read.success ? [] : read.error.issues).toEqual([]);
    if (Array.isArray(read.data)) expect(read.data.length).toBeGreaterThan(0);
  });
}
