import { describe, expect, test } from "bun:test";
import type { MailJob } from "../../../src/core/alerts/mail/compose-mail.ts";
import { haCfg } from "./run.ts";

const POOL = {
  HA_SMTP_SERVER: "mail.example.org",
  HA_SMTP_USER: "user",
  HA_SMTP_PASS: "topsecret",
  HA_MAIL_TO: "a@example.org;b@example.org",
};

async function play(
  action: "email" | "email-debug",
  setUp: Parameters<typeof haCfg>[1] = {},
  args: string[] = [],
) {
  const mails: MailJob[] = [];
  const run = await haCfg([action, ...args], {
    otherConfig: POOL,
    mail: (job) => {
      mails.push(job);
      return { ok: true, taken: job.to, refused: [], unencrypted: null };
    },
    ...setUp,
  });
  return { ...run, mails };
}

describe("ha-cfg email", () => {
  test("sends a test with the settings in force, and says where it went", async () => {
    const { code, out, err, mails } = await play("email");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(
      "Sending a test mail from root@localhost to a@example.org, b@example.org through mail.example.org:25\n" +
        "The mail server has taken it. If it does not arrive, ask that server.\n",
    );
    expect(mails.map(({ subject, server }) => [subject, server.user, server.password])).toEqual([
      ["SYSTEM_ALERT-FROM_HOST:xcp1.example.org Test mail of HA-Lizard", "user", "topsecret"],
    ]);
    expect(mails[0]?.text).toContain("Nothing has happened.");
    expect(mails[0]?.text).toContain("as xcp1.example.org (master) sees it");
  });

  test("a refusal: exit 1, with its cause and what to look at", async () => {
    const { code, out, err } = await play("email", {
      mail: () => ({ ok: false, why: "535 no\u001b[2J", passing: false, refused: [], cure: null }),
    });
    expect(code).toBe(1);
    expect(out).not.toContain("taken");
    expect(err).toBe(
      "Cannot send the test mail: 535 no [2J. Check MAIL_FROM, MAIL_TO, SMTP_USER and SMTP_PASS; ha-cfg email-debug shows what is said.\n",
    );
  });

  test("one of two recipients refused: exit 1, and what holds for each", async () => {
    const mail = {
      ok: true,
      taken: ["a@example.org"],
      refused: [
        { address: "b@example.org", why: "550 nobody\u001b[2J", passing: false },
        { address: "c@example.org", why: "450 later", passing: true },
      ],
      unencrypted: null,
    } as const;
    const { code, out, err } = await play("email", { mail: () => mail });
    expect(code).toBe(1);
    expect(out).toEndWith(
      "The mail server has taken it for a@example.org. If it does not arrive, ask that server.\n",
    );
    expect(err).toBe(
      "Cannot send the test mail to b@example.org: 550 nobody [2J. Check MAIL_TO.\n" +
        "Cannot send the test mail to c@example.org: 450 later. It may be taken later; alerts are tried again.\n",
    );
    const { out: json } = await play("email", { mail: () => mail }, ["--json"]);
    expect(JSON.parse(json)).toMatchObject({ sent: false, why: null, refused: mail.refused });
  });

  test("what went in the clear is a warning with the cure; what did not go at all brings its own", async () => {
    const clear = { ok: true, taken: ["a@example.org"], refused: [], unencrypted: "TLS failed" } as const;
    const warned = await play("email", { mail: () => clear });
    expect([warned.code, warned.err]).toEqual([
      0,
      "Warning: it went unencrypted: TLS failed. To insist on encryption: ha-cfg set SMTP_TLS starttls\n",
    ]);
    const refused = { ok: false, why: "no TLS", passing: false, refused: [], cure: "Do this." } as const;
    const { code, err } = await play("email", { mail: () => refused });
    expect([code, err]).toEqual([1, "Cannot send the test mail: no TLS. Do this.\n"]);
  });

  test("no server: the server's address is what to look at", async () => {
    const { err } = await play("email", {
      mail: () => ({ ok: false, why: "connection refused", passing: true, refused: [], cure: null }),
    });
    expect(err).toContain("Check SMTP_SERVER and SMTP_PORT; ");
  });

  test("MAIL_ON=0 is sent all the same, and said", async () => {
    const { err, mails } = await play("email", { otherConfig: { ...POOL, HA_MAIL_ON: "0" } });
    expect(err).toContain("MAIL_ON=0, so alerts are not mailed");
    expect(mails.length).toBe(1);
  });

  test("XAPI silent: the settings of the last good copy", async () => {
    const { code, err, mails } = await play("email", {
      readFault: { kind: "timeout" },
      lastGood: { SMTP_SERVER: "kept.example.org" },
    });
    expect(code).toBe(0);
    expect(err).toContain("Cannot read the pool database: no answer in time.");
    expect(mails[0]?.server.host).toBe("kept.example.org");
  });

  test("--json is JSON and nothing else", async () => {
    const { out } = await play("email", {}, ["--json"]);
    expect(JSON.parse(out)).toEqual({
      sent: true,
      server: "mail.example.org:25",
      from: "root@localhost",
      to: ["a@example.org", "b@example.org"],
      why: null,
      refused: [],
      unencrypted: null,
    });
  });
});

describe("ha-cfg email-debug", () => {
  test("shows the dialogue", async () => {
    const { code, out } = await play("email-debug");
    expect(code).toBe(0);
    expect(out).toContain("  < 220 mail.example.org\n");
    expect(JSON.parse((await play("email-debug", {}, ["--json"])).out).dialogue).toEqual([
      "< 220 mail.example.org",
    ]);
  });
});
