import type { KnownHost, SshTarget } from "./target.ts";

/** What is asked of the other side: a command, or (null) a session as a person at a terminal has it. */
export type RemoteCommand = string | null;

/** One of them at a time: ssh would try a refused password again by the other, which is two failed logins. */
export type PasswordMethod = "password" | "keyboard-interactive";

const CONNECT_S = 10;
/** Two signs of life missed in a row: the connection is dead. */
const ALIVE_S = 5;

/** `+` adds to what is offered anyway; ssh refuses an algorithm it does not know, so only what it has is asked for. */
const LEGACY: readonly {
  readonly option: string;
  readonly query: string;
  readonly wanted: readonly string[];
}[] = [
  {
    option: "KexAlgorithms",
    query: "kex",
    wanted: ["diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"],
  },
  { option: "HostKeyAlgorithms", query: "key", wanted: ["ssh-rsa", "ssh-dss"] },
  { option: "PubkeyAcceptedKeyTypes", query: "key", wanted: ["ssh-rsa"] },
  { option: "Ciphers", query: "cipher", wanted: ["aes128-cbc", "3des-cbc"] },
];

/** The lists of `ssh -Q` that tell what this ssh can do at all. */
export const LEGACY_QUERIES: readonly string[] = ["kex", "key", "cipher"];

/**
 * The arguments of ssh, as OpenSSH 7.4 (Dom0 of XenServer 7 and 8) and later ones take them. The files in /etc/ssh and ~/.ssh are
 * not read: what a fence depends on stands in one place. `available`: what `ssh -Q` lists, for a target with old algorithms.
 * `asking`: how the device wants a password.
 */
export function sshArguments(
  target: SshTarget,
  host: KnownHost,
  command: RemoteCommand,
  available: Readonly<Record<string, readonly string[]>>,
  asking: PasswordMethod = "password",
): readonly string[] {
  const options = [
    // At ERROR it would not say that there is no common algorithm.
    "LogLevel=INFO",
    `ConnectTimeout=${CONNECT_S}`,
    "ConnectionAttempts=1",
    `ServerAliveInterval=${ALIVE_S}`,
    "ServerAliveCountMax=2",
    "NumberOfPasswordPrompts=1",
    "GlobalKnownHostsFile=/dev/null",
    `UserKnownHostsFile="${host.path}"`,
    `HostKeyAlias=${host.name}`,
    "CheckHostIP=no",
    "HashKnownHosts=no",
    "UpdateHostKeys=no",
    // `no` means: take and keep the key of a host that has none yet. accept-new, which says so, came with 7.6.
    `StrictHostKeyChecking=${host.pinned ? "yes" : "no"}`,
    ...loginOptions(target, asking),
    ...(target.legacy ? legacyOptions(available) : []),
  ];
  return [
    "-F",
    "/dev/null",
    // A session asks for a terminal on the other side, as every iLO offers it to people.
    command === null ? "-tt" : "-T",
    "-e",
    "none",
    ...options.flatMap((option) => ["-o", option]),
    "-p",
    String(target.port),
    "-l",
    target.user,
    target.address,
    ...(command === null ? [] : [command]),
  ];
}

function loginOptions({ login }: SshTarget, asking: PasswordMethod): readonly string[] {
  if (login.kind === "password")
    return ["BatchMode=no", "PubkeyAuthentication=no", `PreferredAuthentications=${asking}`];
  return [
    // A key with a passphrase would be asked for.
    "BatchMode=yes",
    `IdentityFile="${login.path}"`,
    "IdentitiesOnly=yes",
    "IdentityAgent=none",
    "PreferredAuthentications=publickey",
  ];
}

function legacyOptions(available: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return LEGACY.flatMap(({ option, query, wanted }) => {
    const usable = wanted.filter((name) => available[query]?.includes(name));
    return usable.length === 0 ? [] : [`${option}=+${usable.join(",")}`];
  });
}
