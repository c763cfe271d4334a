import { describe, expect, test } from "bun:test";
import { describeReason } from "../../../../src/core/alerts/describe-reason.ts";
import type { Notice } from "../../../../src/core/model/alert.ts";
import type { FenceRefusal, PromotionRefusal, Reason } from "../../../../src/core/model/reason.ts";
import { REASONS } from "./reasons.ts";

/**
 * Of each example: its key (two hosts are two keys), the manual's function that switches its log and its mail, how
 * severe it is, whether it lasts, and whether an administrator is told or only the log.
 */
const NOTICES: { readonly [Kind in Reason["kind"]]: string } = {
  "role-unknown": "role-unknown, master_ip, error, condition, alert",
  "xapi-silent": "xapi-silent, check_xapi, warning, condition, line",
  "not-master-in-database": "not-master-in-database, master_ip, warning, condition, line",
  "xapi-ha-enabled": "xapi-ha-enabled, check_ha_enabled, critical, condition, alert",
  "parameters-unknown": "parameters-unknown, check_xapi, error, condition, alert",
  "parameter-problem": "parameter-problem:XAPI_COUNT is 0: 2 is used, xe_wrapper, warning, condition, line",
  "state-damaged": "state-damaged, check_xapi, error, event, alert",
  "state-not-saved": "state-not-saved, check_xapi, critical, condition, alert",
  "ha-off": "ha-off, check_ha_enabled, info, condition, line",
  "ha-unset": "ha-unset, check_ha_enabled, error, condition, alert",
  "rival-master": "rival-master, master_ip, critical, condition, alert",
  "follows-named": "follows-named, promote_slave, info, condition, line",
  resigned: "resigned, promote_slave, critical, condition, alert",
  "xapi-held": "xapi-held, promote_slave, error, condition, alert",
  "master-is-slave": "master-is-slave, master_ip, critical, condition, alert",
  "taken-over": "taken-over, promote_slave, info, condition, line",
  "nobody-leads": "nobody-leads, check_quorum, error, condition, alert",
  "not-leading": "not-leading, check_quorum, error, condition, alert",
  "waits-for-members": "waits-for-members, promote_slave, info, condition, line",
  "host-suspect": "host-suspect:xcp2, check_slave_status, warning, condition, line",
  "host-xapi-down": "host-xapi-down:xcp2, check_xapi, warning, condition, alert",
  "host-reported": "host-reported:xcp2, check_slave_status, warning, condition, alert",
  "host-without-address": "host-without-address:xcp2, check_slave_status, warning, condition, alert",
  "monitor-silent": "monitor-silent:xcp2, check_slave_status, warning, condition, alert",
  "master-lost": "master-lost:xcp1, check_slave_status, error, condition, alert",
  "host-failed": "host-failed:xcp2, check_slave_status, error, condition, alert",
  "waits-for-lease": "waits-for-lease:xcp2, fence_host, warning, condition, line",
  "host-lease-over": "host-lease-over:xcp2, fence_host, critical, event, alert",
  "fence-waits": "fence-waits:xcp2, fence_host, warning, condition, line",
  "host-rests": "host-rests:xcp2, fence_host, warning, condition, alert",
  "fence-refused": "fence-refused:xcp2, fence_host, error, condition, alert",
  "fence-device-wrong": "fence-device-wrong:xcp2, fence_host, error, condition, alert",
  isolated: "isolated, check_quorum, critical, condition, alert",
  "out-of-ha-after-reboot": "out-of-ha-after-reboot, check_quorum, warning, condition, line",
  "no-successor": "no-successor, autoselect_slave, warning, condition, alert",
  "not-promoted": "not-promoted, promote_slave, error, condition, alert",
  "promotion-under-way": "promotion-under-way, promote_slave, info, condition, line",
  "host-left-alone": "host-left-alone:xcp2, check_slave_status, info, condition, line",
  "vm-not-started": "vm-not-started:web, vm_state_check, info, condition, line",
  "vm-left-down": "vm-left-down:v1, vm_state_check, info, condition, line",
  "vm-stop-doubted": "vm-stop-doubted:v1, vm_state_check, warning, condition, line",
  "pool-not-surviving": "pool-not-surviving, vm_mon, warning, condition, alert",
  "vms-unprotected": "vms-unprotected, vm_mon, warning, condition, alert",
  "vm-has-no-host": "vm-has-no-host:v1, vm_mon, error, condition, alert",
  "vm-down": "vm-down:v1, vm_mon, error, condition, alert",
  "vm-started": "vm-started:v1, vm_mon, info, event, alert",
  "vm-start-failed": "vm-start-failed:v1, vm_mon, error, event, alert",
  "host-fenced": "host-fenced:xcp2, fence_host, critical, event, alert",
  "host-confirmed-off": "host-confirmed-off:xcp2, fence_host, critical, event, alert",
  "fence-failed": "fence-failed:xcp2, fence_host, critical, event, alert",
  "proof-over": "proof-over:xcp2, fence_host, critical, event, alert",
  "proof-doubted": "proof-doubted:xcp2, fence_host, error, event, alert",
  "host-switched-on": "host-switched-on:xcp2, fence_host, warning, event, line",
  "fence-device-back": "fence-device-back:xcp2, fence_host, info, event, alert",
  "xapi-restarted": "xapi-restarted:xcp2, promote_slave, warning, event, line",
  "host-declared-dead": "host-declared-dead:xcp2, check_slave_status, warning, event, line",
  "host-answers-xapi": "host-answers-xapi:xcp2, check_slave_status, critical, event, alert",
  "host-back": "host-back:xcp2, check_slave_status, info, event, alert",
  "stood-down": "stood-down, master_ip, critical, event, alert",
  "host-forgotten": "host-forgotten:xcp2, check_slave_status, critical, event, alert",
  "host-enabled": "host-enabled:xcp2, check_slave_status, warning, event, alert",
  promoting: "promoting, promote_slave, critical, event, alert",
  promoted: "promoted, promote_slave, warning, event, alert",
  "promotion-dropped": "promotion-dropped, promote_slave, warning, event, alert",
  "database-wrong":
    "database-wrong:2f4a81c0-9b1e-4c57-a3d2-0e6f7b8c9d10, vm_state_check, warning, condition, alert",
  "vm-runs-twice":
    "vm-runs-twice:2f4a81c0-9b1e-4c57-a3d2-0e6f7b8c9d10, vm_state_check, critical, condition, alert",
  "leftover-found":
    "leftover-found:2f4a81c0-9b1e-4c57-a3d2-0e6f7b8c9d10, vm_state_check, critical, condition, alert",
  "database-not-on-disk": "database-not-on-disk, check_xapi, error, condition, alert",
  "copy-is-old": "copy-is-old, check_slave_status, error, condition, alert",
  "toolstack-restarted": "toolstack-restarted, check_xapi, error, event, alert",
  disarmed: "disarmed, check_ha_enabled, warning, event, alert",
  armed: "armed:xcp2, check_ha_enabled, info, event, alert",
  "ha-switched-off": "ha-switched-off, check_ha_enabled, critical, event, alert",
  "successor-chosen": "successor-chosen, autoselect_slave, info, condition, line",
  "action-failed": "action-failed:enable xcp2, xe_wrapper, warning, event, line",
};

/** `condition` or `event`, and whom it is for. */
const manner = ({ lasting, alert }: Notice) =>
  `${lasting ? "condition" : "event"}, ${alert ? "alert" : "line"}`;

describe("describeReason: every kind has words", () => {
  for (const reason of Object.values(REASONS)) {
    const notice = describeReason(reason);
    test(`${reason.kind}: ${NOTICES[reason.kind]}`, () =>
      expect(`${notice.key}, ${notice.from}, ${notice.severity}, ${manner(notice)}`).toBe(
        NOTICES[reason.kind],
      ));

    test(`${reason.kind}: the subject is how the text begins, and no longer than a line`, () => {
      expect(notice.body).toStartWith(notice.subject);
      expect(notice.subject).toMatch(/^[^\n]{8,80}$/);
    });
  }
});

/** What an administrator is told of this: severity and manner. */
const told = (reason: Reason) => {
  const notice = describeReason(reason);
  return `${notice.severity}, ${manner(notice)}`;
};

describe("describeReason: who is told", () => {
  const { "fence-failed": fenceFailed, "host-failed": hostFailed } = REASONS;
  const answersAgain = { ...fenceFailed, fault: "host-answers-again" } as const;
  const rows: readonly [string, Reason, string][] = [
    ["a failure that another host tells", { ...hostFailed, mine: false }, "error, condition, line"],
    [
      "a XAPI that has been silent for a moment",
      { ...REASONS["host-xapi-down"], long: false },
      "info, condition, line",
    ],
    [
      "the same of a host whose monitor is heard",
      { ...REASONS["host-xapi-down"], toleranceS: null },
      "warning, condition, alert",
    ],
    [
      "no parameters yet, while XAPI starts",
      { kind: "parameters-unknown", starting: true },
      "info, condition, line",
    ],
    [
      "a slave that is not the successor",
      { kind: "not-promoted", master: "h1", why: "led-by-another", silent: [], tie: null },
      "error, condition, line",
    ],
    [
      "a slave that waits its turn",
      { kind: "not-promoted", master: "h1", why: "too-early", silent: [], tie: null },
      "error, condition, line",
    ],
    ["a host that answers again at the fence", { ...answersAgain, detail: "" }, "warning, event, line"],
    [
      "one that answers another way than the one watched",
      { ...answersAgain, detail: "ping" },
      "warning, event, alert",
    ],
  ];
  for (const [what, reason, expected] of rows)
    test(`${what}: ${expected}`, () => expect(told(reason)).toBe(expected));
});

describe("describeReason: advice", () => {
  test("an alert has that of its kind", () =>
    expect(describeReason(REASONS["host-back"]).advice).toBe("Nothing. Find out why it was down."));
  test("a line of the log has none", () =>
    expect(
      describeReason({ kind: "not-promoted", master: "h1", why: "too-early", silent: [], tie: null }).advice,
    ).toBe(""));

  const { "fence-failed": failed } = REASONS;
  const DECLARE = "ha-cfg confirm-off";
  test("who has seen that a host is off may say so", () =>
    expect(describeReason(failed).body).toContain(DECLARE));
  test("of a host that answers nobody is told to say so", () => {
    const answering = (detail: string) =>
      describeReason({ ...failed, fault: "host-answers-again", detail, goesOn: false }).body;
    expect([answering(""), answering("ping")].filter((body) => body.includes(DECLARE))).toEqual([]);
  });
  test("a fence that is waived says that VMs start elsewhere, and whose wish it was", () => {
    const { body } = describeReason({ ...failed, goesOn: true });
    expect(body).toEndWith("Its VMs are started elsewhere anyway, because FENCE_HA_ONFAIL=1.");
  });
});

describe("describeReason: what is proved and what is not", () => {
  test("a proof is named as one", () =>
    expect(describeReason(REASONS["host-fenced"]).body).toBe(
      "xcp2 was fenced: its agent confirms that it is off.",
    ));
  test("what only counts as fenced says so", () =>
    expect(describeReason({ ...REASONS["host-fenced"], proved: false }).body).toContain("was not confirmed"));
});

describe("describeReason: the same words for a pool that has no old master", () => {
  test("promoting", () =>
    expect(describeReason({ kind: "promoting", oldMaster: null }).body).toStartWith(
      "No host of this pool is master",
    ));
  test("promoted", () =>
    expect(describeReason({ kind: "promoted", oldMaster: null }).body).toBe(
      "Promotion complete: this host is pool master, and all surviving members have reconnected.",
    ));
});

describe("describeReason: each refusal has a cause of its own", () => {
  const fence: Record<FenceRefusal, true> = {
    "fencing-disabled": true,
    "action-is-start": true,
    "in-maintenance": true,
    "no-quorum": true,
    "too-few-members": true,
    "too-many-fenced": true,
    "alone-at-rest": true,
    "no-lease": true,
    "lease-doubted": true,
    "answers-again": true,
  };
  const promotion: Record<PromotionRefusal, true> = {
    "promotion-disabled": true,
    "flag-disputed": true,
    "led-by-another": true,
    "too-early": true,
    "in-maintenance": true,
    "disk-not-writable": true,
    "no-quorum": true,
    "away-since-boot": true,
    "old-master-disarmed": true,
    "old-master-not-fenced": true,
  };
  const bodies = {
    "fence-refused": Object.keys(fence).map((why) =>
      describeReason({ kind: "fence-refused", host: "xcp2", why: why as FenceRefusal }),
    ),
    "not-promoted": Object.keys(promotion).map((why) =>
      describeReason({
        kind: "not-promoted",
        master: "h1",
        why: why as PromotionRefusal,
        silent: [],
        tie: null,
      }),
    ),
  };
  for (const [kind, notices] of Object.entries(bodies))
    test(kind, () => {
      expect(new Set(notices.map(({ body }) => body)).size).toBe(notices.length);
      expect(notices.filter(({ body }) => body.includes("undefined"))).toEqual([]);
    });
});

test("describeReason: the subject ends where a sentence does, not within an address or a name", () => {
  const { subject } = describeReason({ kind: "host-failed", host: "xcp2.example.org", mine: true });
  expect(subject).toBe("xcp2.example.org is down");
});
