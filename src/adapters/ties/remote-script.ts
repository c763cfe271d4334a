/**
 * What runs on the other machine, in whatever POSIX shell it has, with the tools of any coreutils or busybox. It has no single
 * quote, so that it can stand in a pair of them. Its arguments: the verb, a number of the call's own, the folder, the name, the
 * host. It says one line that begins with that number, so that no greeting is taken for an answer; the tools' words that follow
 * are for people.
 *
 * `ln` without `-f` is one system call that fails when the name is there. If the name were a folder, it would link into it, so
 * nothing is believed but what is read afterwards. `sync` with names flushes these where it can, and everything where it is older.
 * A folder is made in no claim: below a disk that is not mounted a second one would begin, and have no claims in it.
 */
const SCRIPT = `umask 077
LC_ALL=C
export LC_ALL
verb=$1 tag="ha-lizard-tie $2" dir=$3 name=./$4 host=$5 temp=./.claim-$5-$2
say() { printf "%s %s\\n" "$tag" "$*"; }
fail() {
  [ "$verb" != claim ] || rm -f "$temp"
  say failed "$@"
  exit 0
}
flush() { sync "$@" 2>/dev/null || sync || fail flush; }
look() {
  [ -e "$name" ] || [ -L "$name" ] || return 0
  [ -f "$name" ] && [ ! -L "$name" ] || fail odd "$4: no ordinary file"
  held=$(dd if="$name" bs=128 count=1 2>/dev/null) || fail read "$4"
  case $held in
    "" | *[!0-9a-f-]*) fail odd "$4: no uuid" ;;
    "$host") [ "$verb" != claim ] || flush "$name" . ;;
  esac
  say held "$held"
  exit 0
}
tidy() {
  find . ! -name . -prune -type f -mtime +0 \\( -name ".claim-*" -o -name ".test-*" \\) 2>/dev/null | head -n 50 |
    while IFS= read -r old; do
      case \${old#./.} in *[!0-9a-z-]*) ;; *) rm -f "$old" ;; esac
    done
}
if [ "$verb" = prepare ] && [ ! -d "$dir" ]; then
  words=$(mkdir -p "$dir" 2>&1) || fail folder "$words"
fi
words=$(cd "$dir" 2>&1) || fail folder "$words"
cd "$dir" || fail folder
case $verb in
  claim)
    look "$@"
    words=$(printf "%s\\n" "$host" | dd of="$temp" 2>&1) || fail write "$words"
    flush "$temp"
    [ "$(dd if="$temp" bs=128 count=1 2>/dev/null)" = "$host" ] || fail write "it is not there afterwards"
    words=$(ln "$temp" "$name" 2>&1)
    rm -f "$temp"
    look "$@"
    fail link "$words"
    ;;
  holder)
    look "$@"
    words=$(ls 2>&1 >/dev/null) || fail read "$words"
    ;;
  remove)
    words=$(rm -f "$name" 2>&1) || fail remove "$words"
    verb=holder
    look "$@"
    flush .
    say free
    tidy
    exit 0
    ;;
esac
say free`;

/** What a call is about. Every part must have its form already: nothing is quoted here. */
export interface RemoteCall {
  readonly verb: "claim" | "holder" | "remove" | "prepare";
  /** Letters and digits. */
  readonly call: string;
  readonly directory: string;
  readonly name: string;
  readonly host: string;
}

/** The command for ssh. A login shell that is no POSIX shell starts one all the same. */
export function remoteCommand({ verb, call, directory, name, host }: RemoteCall): string {
  // With a slash in it CDPATH does not count.
  const folder = directory.startsWith("/") ? directory : `./${directory}`;
  const words = [verb, call, folder, name, host];
  const odd = words.find((word) => !/^[A-Za-z0-9./_-]+$/.test(word));
  if (odd !== undefined) throw new Error(`Cannot ask a machine: ${JSON.stringify(odd)} is no plain word`);
  return `exec sh -c '${SCRIPT}' sh ${words.join(" ")}`;
}

/** What came back. */
export type RemoteAnswer =
  | { readonly kind: "held"; readonly holder: string }
  | { readonly kind: "free" }
  | { readonly kind: "failed"; readonly step: string; readonly words: string };

/** The answer of that call among whatever was said; null: there is none. A line that was cut off is none. */
export function parseAnswer(output: string, call: string): RemoteAnswer | null {
  for (const line of output.split("\n").slice(0, -1)) {
    const [mark, number, kind = "", ...rest] = line.replace(/\r$/, "").split(" ");
    if (mark !== "ha-lizard-tie" || number !== call) continue;
    if (kind === "free" && rest.length === 0) return { kind };
    if (kind === "held" && rest.length === 1) return { kind, holder: rest[0] ?? "" };
    if (kind === "failed") return { kind, step: rest[0] ?? "", words: rest.slice(1).join(" ") };
  }
  return null;
}
