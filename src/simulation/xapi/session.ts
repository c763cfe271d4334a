import type { Fields, Json } from "../database.ts";
import { TEMPLATES } from "../records/templates.ts";
import { POOL_SECRET, ROOT_PASSWORD } from "../spec.ts";
import type { XapiProcess } from "../world.ts";
import { ApiError } from "./answer.ts";
import { databaseServer } from "./connection.ts";
import { wallTime } from "./format.ts";
import type { Call, Methods } from "./method.ts";
import { noteErrorLines, noteFailedLogin } from "./noise.ts";
import { pause } from "./process.ts";

/**
 * Sessions: the pool's live in the master's memory, local ones in that of one xapi (adapters/xapi/README.md,
 * "Sessions").
 */
export const SESSION_METHODS: Methods = {
  "session.login_with_password": {
    params: ["string", "string", "string", "string"],
    optional: 2,
    session: "none",
    notForwarded: true,
    run: login,
  },
  "session.logout": { params: [], run: logout },
  "session.slave_local_login_with_password": {
    params: ["string", "string"],
    session: "none",
    emergency: true,
    run: async (call, args) => {
      if (call.channel === "tcp") await checkPassword(call, args);
      return newLocalSession(call);
    },
  },
  "session.slave_local_login": {
    params: ["string"],
    session: "none",
    emergency: true,
    run: (call, [secret]) => {
      checkSecret(secret);
      return newLocalSession(call);
    },
  },
  "session.slave_login": {
    params: ["string", "string"],
    session: "none",
    notForwarded: true,
    run: async (call, [, secret]) => {
      checkSecret(secret);
      return newSession(call, await serverFor(call), "");
    },
  },
  "session.local_logout": {
    params: [],
    emergency: true,
    run: (call) => {
      call.process.localSessions.delete(call.session);
      return "";
    },
  },
  "session.get_this_host": { params: ["string"], run: (call) => call.process.host.ref },
  "session.get_record": {
    params: ["string"],
    run: (call, [self]) => {
      const session = call.process.sessions.get(String(self));
      if (session === undefined) throw new ApiError("HANDLE_INVALID", ["session", String(self)]);
      return session();
    },
  },
};

function checkSecret(secret: Json | undefined): void {
  const rejected = ["localhost", "Pool credentials invalid"];
  if (secret !== POOL_SECRET) throw new ApiError("SESSION_AUTHENTICATION_FAILED", rejected);
}

async function login(call: Call, args: readonly Json[]): Promise<Json> {
  const { process } = call;
  if (call.channel === "tcp") {
    if (process.role.kind === "slave") {
      noteErrorLines(process);
      throw new ApiError("HOST_IS_SLAVE", [process.role.address]);
    }
    await checkPassword(call, args);
  }
  return newSession(call, await serverFor(call), String(args[3] ?? ""));
}

/** Who keeps the sessions of the pool. */
async function serverFor({ process, world }: Call): Promise<XapiProcess> {
  if (process.role.kind === "master" && !process.serving) {
    throw new ApiError("UUID_INVALID", ["host", process.host.uuid]);
  }
  return databaseServer(world, process);
}

function newSession(call: Call, server: XapiProcess, originator: string): string {
  const ref = `OpaqueRef:${call.world.random.uuid()}`;
  server.sessions.set(ref, sessionRecord(call, server, originator));
  return ref;
}

/** As it is from its beginning on; hardly anybody reads it. */
function sessionRecord(call: Call, server: XapiProcess, originator: string): () => Fields {
  const nowMs = call.world.nowMs();
  const uuid = call.world.random.lateUuid();
  return () => ({
    ...TEMPLATES.session,
    uuid: uuid(),
    this_host: server.host.ref,
    originator,
    last_active: wallTime(nowMs),
    validation_time: wallTime(nowMs),
  });
}

/** Over TCP only root's password opens a session, and PAM takes its time to say no. */
async function checkPassword(call: Call, args: readonly Json[]): Promise<void> {
  const [name, password] = args;
  if (name === "root" && password === ROOT_PASSWORD) return;
  await pause(call.world, call.process, call.world.timings.pamMs);
  noteFailedLogin(call.process);
  const reason =
    name === "root" ? "Authentication failure" : "User not known to the underlying authentication module";
  throw new ApiError("SESSION_AUTHENTICATION_FAILED", [String(name), reason]);
}

function newLocalSession(call: Call): string {
  const ref = `OpaqueRef:${call.world.random.uuid()}`;
  call.process.localSessions.add(ref);
  return ref;
}

function logout(call: Call): Json {
  call.process.sessions.delete(call.session);
  call.process.localSessions.delete(call.session);
  call.world.changed();
  return "";
}
