import type { World } from "./explorer.ts";
import { Interned, remembered, rememberedPair } from "./interned.ts";

/** What one host can do by itself, as far as it says. */
export interface Alone<Host> {
  readonly label: string;
  readonly host: Host;
  /** It is one of the few events of this kind that a history may have. */
  readonly costs?: boolean;
}

/** What two hosts do together. */
export interface Together<Host> {
  readonly label: string;
  readonly hosts: readonly [Host, Host];
}

/** Hosts that exchange datagrams: what each one does, from which the search puts all histories together. */
export interface Rules<Host, Message, Past> {
  readonly names: readonly string[];
  /** Datagrams under way at one time. */
  readonly inFlight: number;
  /** Events that cost something, in one history. */
  readonly costly: number;
  first(name: string): Host;
  alone(host: Host, name: string): readonly Alone<Host>[];
  /** What it does by itself with what all remember, such as a thing that stands outside; absent: nothing. */
  withPast?(host: Host, past: Past): readonly (Alone<Host> & { readonly past: Past })[];
  /** What `host` may send to another now. */
  sends(host: Host, to: string, other: Host): readonly Message[];
  /** null: it does not listen. */
  takes(host: Host, message: Message): Host | null;
  /** When time passes; absent: it does not. */
  ageHost?(host: Host): Host;
  /** null: it is too late for it. */
  ageMessage?(message: Message): Message | null;
  /** What two hosts do together, where the search takes for granted how they agree. */
  together?(a: Host, b: Host): readonly Together<Host>[];
  sender(message: Message): string;
  receiver(message: Message): string;
  /**
   * For a world without time: has this step taken so long that nothing counts any more that was sent before, by this host or
   * to it? Then it is not under way any more, and all others forget what it said.
   */
  isLate?(before: Host, after: Host): boolean;
  forgets?(host: Host, other: string): Host;
  /** What is remembered of a history beyond its state, and whether a step breaks a rule of it. */
  readonly nothingPast: Past;
  remember(past: Past, before: Host, after: Host): { readonly past: Past; readonly broken?: string };
  broken(hosts: readonly Host[]): string | null;
  showHost(host: Host, hosts: readonly Host[]): string;
  showMessage(message: Message): string;
}

/** Every history of these hosts: each may be killed, slow or asleep; each datagram lost, late, repeated or overtaken. */
export function worldOf<Host, Message, Past>(rules: Rules<Host, Message, Past>): World {
  return new GroupWorld(rules);
}

type Next = Parameters<World["steps"]>[1];

/** In the place of the third host, where there are two. */
const NOBODY = 0;

/**
 * A state: a number for each host, one for each datagram under way (0: none), what is past, what was spent. Hosts and
 * datagrams are few, so each event of each host is computed once.
 */
class GroupWorld<Host, Message, Past> implements World {
  readonly width: number;
  private readonly rules: Rules<Host, Message, Past>;
  private readonly hosts = new Interned<Host>();
  private readonly messages = new Interned<Message>();
  private readonly pasts = new Interned<Past>();
  private readonly alone: (host: number, index: number) => readonly Alone<number>[];
  private readonly withPast: (
    host: number,
    past: number,
  ) => readonly (Alone<number> & { readonly past: number })[];
  private readonly takes: (host: number, message: number) => number;
  private readonly remember: (
    before: number,
    after: number,
  ) => (past: number) => { past: number; broken?: string };
  private readonly ages: (host: number) => number;
  private readonly messageAges: (message: number) => number;
  private readonly together: (
    a: number,
    b: number,
  ) => readonly { readonly label: string; readonly a: number; readonly b: number }[];
  private readonly receivers: (message: number) => number;
  private readonly senders: (message: number) => number;
  private readonly late: (before: number, after: number) => boolean;
  private readonly forgets: (host: number, index: number) => number;
  private readonly sends: (host: number, other: number) => (to: number) => readonly number[];
  private readonly verdicts: (a: number, b: number) => (c: number) => string | false;

  constructor(rules: Rules<Host, Message, Past>) {
    this.rules = rules;
    this.width = rules.names.length + rules.inFlight + 2;
    const { hosts, messages, pasts } = this;
    this.alone = rememberedPair((host, index) =>
      rules
        .alone(hosts.value(host), rules.names[index] ?? "")
        .map((one) => ({ ...one, host: hosts.id(one.host) })),
    );
    this.withPast = rememberedPair((host, past) =>
      (rules.withPast?.(hosts.value(host), pasts.value(past)) ?? []).map((one) => ({
        ...{ ...one, host: hosts.id(one.host), past: pasts.id(one.past) },
      })),
    );
    this.takes = rememberedPair((host, message) => {
      const after = rules.takes(hosts.value(host), messages.value(message));
      return after === null ? -1 : hosts.id(after);
    });
    this.remember = rememberedPair((before, after) =>
      remembered((past) => {
        const said = rules.remember(pasts.value(past), hosts.value(before), hosts.value(after));
        return { ...said, past: pasts.id(said.past) };
      }),
    );
    this.ages = remembered((host) => hosts.id(rules.ageHost?.(hosts.value(host)) ?? hosts.value(host)));
    this.messageAges = remembered((message) => {
      const value = messages.value(message);
      const after = rules.ageMessage === undefined ? value : rules.ageMessage(value);
      return after === null ? -1 : messages.id(after);
    });
    this.together = rememberedPair((a, b) =>
      (rules.together?.(hosts.value(a), hosts.value(b)) ?? []).map((one) => ({
        ...{ label: one.label, a: hosts.id(one.hosts[0]), b: hosts.id(one.hosts[1]) },
      })),
    );
    this.receivers = remembered((message) => rules.names.indexOf(rules.receiver(messages.value(message))));
    this.senders = remembered((message) => rules.names.indexOf(rules.sender(messages.value(message))));
    this.late = rememberedPair(
      (before, after) => rules.isLate?.(hosts.value(before), hosts.value(after)) ?? false,
    );
    this.forgets = rememberedPair((host, index) => {
      const value = hosts.value(host);
      return hosts.id(rules.forgets?.(value, rules.names[index] ?? "") ?? value);
    });
    this.sends = rememberedPair((host, other) =>
      remembered((to) =>
        rules
          .sends(hosts.value(host), rules.names[to] ?? "", hosts.value(other))
          .map((message) => messages.id(message)),
      ),
    );
    this.verdicts = rememberedPair((a, b) =>
      remembered((c) => {
        const all = [a, b, ...(c === NOBODY ? [] : [c - 1])].map((host) => hosts.value(host));
        return rules.broken(all) ?? false;
      }),
    );
  }

  first(): readonly number[] {
    const { names, inFlight, nothingPast } = this.rules;
    const hosts = names.map((name) => this.hosts.id(this.rules.first(name)));
    return [...hosts, ...Array.from({ length: inFlight }, () => 0), this.pasts.id(nothingPast), 0];
  }

  steps(state: readonly number[], next: Next): void {
    if (this.rules.ageHost !== undefined) next(() => "time passes", this.age(state));
    for (let index = 0; index < this.rules.names.length; index++) {
      this.actAlone(state, index, next);
      if (this.rules.withPast !== undefined) this.actWithPast(state, index, next);
      this.send(state, index, next);
    }
    this.deliver(state, next);
    if (this.rules.together !== undefined) this.actTogether(state, next);
  }

  broken(state: readonly number[]): string | null {
    const count = this.rules.names.length;
    return this.verdicts(state[0] ?? 0, state[1] ?? 0)(count > 2 ? (state[2] ?? 0) + 1 : NOBODY) || null;
  }

  show(state: readonly number[]): string {
    const hosts = this.hostsOf(state).map((id) => this.hosts.value(id));
    const messages = this.messagesOf(state).filter((id) => id > 0);
    return [
      ...hosts.map((host, at) => `${this.rules.names[at]} ${this.rules.showHost(host, hosts)}`),
      ...messages.map((id) => `[${this.rules.showMessage(this.messages.value(id - 1))}]`),
    ].join("  ");
  }

  private hostsOf(state: readonly number[]): readonly number[] {
    return state.slice(0, this.rules.names.length);
  }

  private messagesOf(state: readonly number[]): readonly number[] {
    const first = this.rules.names.length;
    return state.slice(first, first + this.rules.inFlight);
  }

  private age(state: readonly number[]): readonly number[] {
    const hosts = this.hostsOf(state).map((host) => this.ages(host));
    const messages = this.messagesOf(state).map((id) => (id === 0 ? 0 : this.messageAges(id - 1) + 1));
    return [...hosts, ...messages.sort((a, b) => a - b), ...state.slice(-2)];
  }

  private actAlone(state: readonly number[], index: number, next: Next): void {
    const spent = state[this.width - 1] ?? 0;
    for (const { label, host, costs } of this.alone(state[index] ?? 0, index)) {
      if (costs === true && spent >= this.rules.costly) continue;
      const after = [...state];
      after[this.width - 1] = costs === true ? spent + 1 : spent;
      this.change(after, index, host, () => `${this.rules.names[index]} ${label}`, next);
    }
  }

  private actWithPast(state: readonly number[], index: number, next: Next): void {
    for (const { label, host, past } of this.withPast(state[index] ?? 0, state[this.width - 2] ?? 0)) {
      const after = [...state];
      after[this.width - 2] = past;
      this.change(after, index, host, () => `${this.rules.names[index]} ${label}`, next);
    }
  }

  private actTogether(state: readonly number[], next: Next): void {
    const count = this.rules.names.length;
    for (let first = 0; first < count; first++)
      for (let second = first + 1; second < count; second++)
        for (const { label, a, b } of this.together(state[first] ?? 0, state[second] ?? 0)) {
          const after = [...state];
          after[first] = a;
          after[second] = b;
          next(() => label, after);
        }
  }

  private send(state: readonly number[], index: number, next: Next): void {
    const { names } = this.rules;
    const first = names.length;
    const under = this.messagesOf(state);
    if (under[0] !== 0) return;
    for (let to = 0; to < first; to++) {
      if (to === index) continue;
      for (const message of this.sends(state[index] ?? 0, state[to] ?? 0)(to)) {
        if (under.includes(message + 1)) continue;
        const messages = [message + 1, ...under.slice(1)].sort((a, b) => a - b);
        next(
          () => `${names[index]} sends to ${names[to]}`,
          [...state.slice(0, first), ...messages, ...state.slice(-2)],
        );
      }
    }
  }

  private deliver(state: readonly number[], next: Next): void {
    const first = this.rules.names.length;
    const under = this.messagesOf(state);
    under.forEach((id, at) => {
      if (id === 0 || under.indexOf(id) !== at) return;
      const rest = [0, ...under.filter((_, index) => index !== at)];
      const without = [...state.slice(0, first), ...rest, ...state.slice(-2)];
      const told = () => this.rules.showMessage(this.messages.value(id - 1));
      next(() => `lost: ${told()}`, without);
      const index = this.receivers(id - 1);
      const host = this.takes(state[index] ?? 0, id - 1);
      if (host < 0) return;
      this.change(without, index, host, () => `comes: ${told()}`, next);
      this.change(state, index, host, () => `comes, and will again: ${told()}`, next);
    });
  }

  /** One host is another one from now on. */
  private change(
    state: readonly number[],
    index: number,
    host: number,
    label: () => string,
    next: Next,
  ): void {
    const after = [...state];
    after[index] = host;
    const { past, broken } = this.remember(state[index] ?? 0, host)(state[this.width - 2] ?? 0);
    after[this.width - 2] = past;
    const counts = this.late(state[index] ?? 0, host) ? this.withoutWord(after, index) : after;
    next(label, counts, broken);
  }

  /** Everything that a host has said is over. */
  private withoutWord(state: readonly number[], index: number): readonly number[] {
    const hosts = this.hostsOf(state).map((host, at) => (at === index ? host : this.forgets(host, index)));
    const messages = this.messagesOf(state).map((id) =>
      id !== 0 && (this.senders(id - 1) === index || this.receivers(id - 1) === index) ? 0 : id,
    );
    return [...hosts, ...messages.sort((a, b) => a - b), ...state.slice(-2)];
  }
}
