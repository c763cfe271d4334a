import { gzipSync } from "node:zlib";
import { parseDocument, renderDocument } from "../../../src/adapters/files/state-document.ts";
import { parseJob } from "../../../src/adapters/mail/mail-job.ts";
import { parseAnswer, speaksInEmergency } from "../../../src/adapters/xapi/errors.ts";
import { parseParameterFile } from "../../../src/cli/parameter-file.ts";
import { renderDefaultFile } from "../../../src/config/default-file.ts";
import { assignInFile, parseOverrideFile } from "../../../src/config/override-file.ts";
import { resolveSettings } from "../../../src/config/resolve.ts";
import { maskSecrets } from "../../../src/config/secrets.ts";
import { cutBytes, oneLine, plainTexts, showName } from "../../../src/core/model/plain-text.ts";
import { parseHostsFile } from "../../../src/fence-agents/hosts-file.ts";
import { parsePower, parseSystem } from "../../../src/fence-agents/ilo/clp.ts";
import { explainFailure, readPowerWord } from "../../../src/fence-agents/ipmi/ipmitool-words.ts";
import { decodeBody } from "../../../src/fence-agents/redfish/decode-body.ts";
import { readErrorTexts } from "../../../src/fence-agents/redfish/error-text.ts";
import { readMachineId } from "../../../src/fence-agents/redfish/machine-id.ts";
import { fieldsOf, parseJson, readMembers, readSystem } from "../../../src/fence-agents/redfish/resources.ts";
import { mangleText } from "./mangle.ts";
import { claim, type Target, textTarget } from "./target.ts";

const OVERRIDE = renderDefaultFile().replace(/^#(?=[A-Z]+_)/gm, "");
const HOST = "00000001-1111-4111-8111-111111111111";
const MEMORY = { version: 1, bootId: "b", health: { [HOST]: { failedRetries: 0 } } };
const SECRET = "tops3cret";
const HOSTS_SYNTAX = { usualPort: 443, systems: true, shape: "<host uuid>:<address>" };
const MOST_DECODED = 50_000;

/** What is a function of a text: files that are parsed, answers that are understood, words that are shown. */
export const TEXT_TARGETS: readonly Target[] = [
  textTarget("override file", [OVERRIDE], mangleText, (text) => {
    const { values, problems } = parseOverrideFile(text);
    claim(problems.length <= 20, "at most twenty problems");
    resolveSettings({ override: values, pool: null, lastGood: values });
    assignInFile(text, "OP_MODE", "1");
  }),
  textTarget("backup", [OVERRIDE.replace(/^(LOG|MAIL)_[a-z].*$/gm, "")], mangleText, parseParameterFile),
  textTarget("pool map", [OVERRIDE], mangleText, (text) => {
    const pool = Object.fromEntries(
      text.split("\n").map((line) => [`HA_${line.slice(0, 20)}`, line.slice(20)]),
    );
    claim(resolveSettings({ override: {}, pool, lastGood: {} }).problems.length < 200, "a few problems");
  }),
  textTarget("state document", [renderDocument("memory", MEMORY)], mangleText, (text) => {
    const parsed = parseDocument("memory", text);
    // Damaged is damaged: only what was written, or an old document without a checksum, is one.
    const isOurs = text === renderDocument("memory", MEMORY) || !/"(checksum|document)"/.test(text);
    claim(!parsed.ok || isOurs, "a damaged document is found out");
  }),
  textTarget(
    "mail job",
    ['{"server":{"host":"h","port":25,"user":"","password":"","tls":"auto"},"to":["a@b"]}'],
    mangleText,
    (text) => {
      try {
        parseJob(text);
      } catch {
        // It is refused by throwing; the mode says so.
      }
    },
  ),
  textTarget(
    "answer of xapi",
    [
      '{"jsonrpc":"2.0","result":"OpaqueRef:x","id":1}',
      '{"jsonrpc":"2.0","error":{"code":1,"message":"HOST_IS_SLAVE","data":["10.0.0.1"]},"id":1}',
      '{"jsonrpc":"2.0","error":["HOST_STILL_BOOTING"],"id":0}',
    ],
    mangleText,
    (text) => {
      parseAnswer(text, 1);
      speaksInEmergency(text, 1);
    },
  ),
  textTarget(
    "list of hosts",
    [
      `${HOST}:192.0.2.1\n# x\n${HOST.replace("1", "2")}:[fe80::1]:8443/1:user\n${HOST.replace("1", "3")}:h:1\n`,
    ],
    mangleText,
    (text) => {
      const { entries } = parseHostsFile(text, HOSTS_SYNTAX);
      claim(new Set(entries.map(({ host }) => host)).size === entries.length, "a host has one device");
      claim(
        entries.every(({ port }) => port >= 1 && port <= 65_535),
        "a port is one",
      );
    },
  ),
  textTarget(
    "answer of an iLO",
    ["status=0\nstatus_tag=COMMAND COMPLETED\n\npower: server power is currently: On\n\n</>hpiLO-> "],
    mangleText,
    (text) => {
      parsePower(text);
      parseSystem(text);
    },
  ),
  textTarget(
    "answer of ipmitool",
    ["Chassis Power is on\n", "Error: Unable to establish IPMI v2 / RMCP+ session\n"],
    mangleText,
    (text) => {
      readPowerWord(text);
      const { why } = explainFailure({ exitCode: 1, signal: null, output: `${text} ${SECRET}` }, SECRET);
      claim(!why.includes(SECRET), "no word of ipmitool shows the password");
    },
  ),
  textTarget(
    "answer of Redfish",
    [
      '{"Members":[{"@odata.id":"/redfish/v1/Systems/1"}],"Members@odata.count":1}',
      '{"PowerState":"On","UUID":"x","Actions":{"#ComputerSystem.Reset":{"target":"/x"}}}',
      '{"error":{"@Message.ExtendedInfo":[{"MessageId":"x","Message":"no"}]}}',
    ],
    mangleText,
    (text) => {
      readErrorTexts(text);
      readMachineId(text);
      const fields = fieldsOf(parseJson(text));
      if (fields === null) return;
      readMembers(fields);
      readSystem(fields);
    },
  ),
  textTarget(
    "packed answer of Redfish",
    [gzipSync('{"PowerState":"Off"}').toString("latin1"), gzipSync(Buffer.alloc(100_000)).toString("latin1")],
    mangleText,
    (text) => {
      for (const encoding of ["", "gzip", "deflate", "br, gzip", text.slice(0, 20)]) {
        const decoded = decodeBody(Buffer.from(text, "latin1"), encoding, MOST_DECODED);
        claim(!("text" in decoded) || decoded.text.length <= MOST_DECODED, "what is unpacked has a limit");
      }
    },
  ),
  textTarget("name", ["web 1", "größe", "x was started. h2 has failed"], mangleText, (text) => {
    claim(!/[\p{Cc}\u2028\u2029\u202e]/u.test(showName(text)), "a name is one line");
    claim(showName(text).length < 1_000, "a name is short");
    const record = cutBytes(oneLine(text), 900);
    claim(!/[\p{Cc}\u2028\u2029]/u.test(record) && Buffer.byteLength(record) <= 900, "a record is one");
    plainTexts({ text: [text] });
  }),
  textTarget(
    "words with a password",
    [`535 ${SECRET}`, Buffer.from(`\0user\0${SECRET}`).toString("base64")],
    mangleText,
    (text) => {
      claim(!maskSecrets(text, [SECRET]).includes(SECRET), "a password is masked");
    },
  ),
];
