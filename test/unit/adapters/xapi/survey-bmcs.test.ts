import { expect, test } from "bun:test";
import { openSurvey } from "../../../../src/adapters/xapi/survey.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { createScript, createTestClock, never, value } from "./fixtures.ts";

const uuid = (n: number) => hostUuid(`1111111${n}-0000-4000-8000-000000000001`);
const config = { power_on_ip: "192.0.2.11", power_on_user: "admin", power_on_password_secret: "s1" };
const host = (n: number, mode: string, given: object) => [
  `OpaqueRef:h${n}`,
  { uuid: uuid(n), power_on_mode: mode, power_on_config: given },
];

/** A pool of these hosts, whose own plugin says that. */
function survey(hosts: readonly (readonly unknown[])[], lan: (ref: string) => unknown = () => "[]") {
  const asked: string[] = [];
  const concealed: string[] = [];
  const script = createScript({
    "host.get_all_records": () => value(Object.fromEntries(hosts as never)),
    "host.call_plugin": ([, ref, plugin, fn]) => {
      asked.push(`${plugin} ${fn} on ${ref}`);
      return value(lan(String(ref)));
    },
    "secret.get_by_uuid": ([, secret]) => value(`OpaqueRef:${secret}`),
    "secret.get_value": ([, ref]) => value(`password of ${ref}`),
  });
  const opened = openSurvey({
    transport: script.transport,
    clock: createTestClock(),
    xeTimeoutMs: 5_000,
    conceal: (secret) => concealed.push(secret),
  });
  return { opened, asked, concealed };
}
const lanOf = (address: string) =>
  JSON.stringify([
    { name: "IP Address Source", value: "DHCP Address" },
    { name: "IP Address", value: address },
  ]);

test("bmcs: what XAPI knows; a host without an address there is asked itself, if it is up", async () => {
  const hosts = [
    host(1, "IPMI", config),
    host(2, "", {}),
    host(3, "wake-on-lan", { power_on_ip: "192.0.2.250" }),
    host(4, "DRAC", { power_on_user: "root" }),
    host(5, "", {}),
  ];
  const { opened, asked } = survey(hosts, (ref) => lanOf(`192.0.2.2${ref.slice(-1)}`));
  const read = await opened.bmcs([uuid(1), uuid(2), uuid(4)], never());
  const nothing = { user: null, secret: null };
  expect(read).toEqual({
    ok: true,
    value: [
      { host: uuid(1), address: "192.0.2.11", user: "admin", secret: "s1" },
      { host: uuid(2), address: "192.0.2.22", ...nothing },
      { host: uuid(3), address: null, ...nothing },
      { host: uuid(4), address: "192.0.2.24", ...nothing, user: "root" },
      { host: uuid(5), address: null, ...nothing },
    ],
  });
  expect(asked.sort()).toEqual([
    "ipmitool.py get_ipmi_lan on OpaqueRef:h2",
    "ipmitool.py get_ipmi_lan on OpaqueRef:h4",
  ]);
});

test("bmcs: a plugin that is not there, damaged, or without an address knows nothing", async () => {
  for (const said of [lanOf("0.0.0.0"), lanOf(""), "[]", "{}", "no JSON", 7]) {
    const { opened } = survey([host(1, "", {})], () => said);
    expect(await opened.bmcs([uuid(1)], never())).toMatchObject({ value: [{ address: null }] });
  }
});

test("secret: the password, which is concealed from then on", async () => {
  const { opened, concealed } = survey([]);
  expect(await opened.secret("s1", never())).toEqual({ ok: true, value: "password of OpaqueRef:s1" });
  expect(concealed).toEqual(["password of OpaqueRef:s1"]);
});
