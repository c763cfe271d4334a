type Judgement = "open" | "closed" | "unknown";

const COMMENT = /--comment (?:"(?:\\.|[^"\\])*"|\S+)/g;
/** How far chains may call each other; iptables itself allows no circle. */
const DEEPEST = 16;

/**
 * What the rules of `iptables -S` make of a UDP datagram to this port that begins a conversation, from anywhere outside. `unknown`: a rule
 * that it could meet asks for more than that.
 */
export function judgeRules(rules: string, port: number): Judgement {
  const lines = rules.split("\n").map((line) => line.replace(COMMENT, "").trim().split(/\s+/));
  const isOpen = lines.some(
    ([verb, chain, policy]) => verb === "-P" && chain === "INPUT" && policy === "ACCEPT",
  );
  const isClosed = lines.some(
    ([verb, chain, policy]) => verb === "-P" && chain === "INPUT" && policy === "DROP",
  );
  const end = walk("INPUT", lines, port, 0);
  if (end !== "on") return end;
  return isOpen ? "open" : isClosed ? "closed" : "unknown";
}

/** `on`: no rule of the chain has decided. */
function walk(chain: string, lines: readonly string[][], port: number, depth: number): Judgement | "on" {
  if (depth > DEEPEST) return "unknown";
  for (const [verb, name, ...words] of lines) {
    if (verb !== "-A" || name !== chain) continue;
    const at = words.findIndex((word) => word === "-j" || word === "-g");
    const target = words[at + 1];
    if (at < 0 || target === undefined) continue;
    const hits = matches(words.slice(0, at), port);
    if (hits === "no") continue;
    const result = resultOf(target, lines, port, depth);
    if (result === "on") continue;
    if (result === "return") {
      if (hits === "maybe") return "unknown";
      return "on";
    }
    return hits === "maybe" ? "unknown" : result;
  }
  return "on";
}

function resultOf(
  target: string,
  lines: readonly string[][],
  port: number,
  depth: number,
): Judgement | "on" | "return" {
  switch (target) {
    case "ACCEPT":
      return "open";
    case "DROP":
    case "REJECT":
      return "closed";
    case "RETURN":
      return "return";
    default:
      // A chain of somebody's own, or what only notes: LOG, MARK.
      return walk(target, lines, port, depth + 1);
  }
}

/** Does such a datagram meet these conditions? */
function matches(words: readonly string[], port: number): "yes" | "no" | "maybe" {
  let sure: "yes" | "maybe" = "yes";
  for (let at = 0; at < words.length; at += 2) {
    const [option, value = ""] = words.slice(at, at + 2);
    switch (option) {
      case "-p":
        if (value !== "udp" && value !== "all") return "no";
        break;
      case "-i":
        if (value === "lo") return "no";
        sure = "maybe";
        break;
      case "-m":
        break;
      case "--dport":
      case "--dports":
        if (!value.split(",").some((range) => isWithin(port, range))) return "no";
        break;
      case "--state":
      case "--ctstate":
        if (!value.split(",").includes("NEW")) return "no";
        break;
      default:
        sure = "maybe";
    }
  }
  return sure;
}

/** `694` or `690:700`, either end of which may be missing. */
function isWithin(port: number, range: string): boolean {
  const [from = "", to = from] = range.split(":");
  return port >= Number(from || "0") && port <= Number(to || "65535");
}
