import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** The power of one host, as a device under test sees it. */
export interface Power {
  isOn(): Promise<boolean>;
  set(on: boolean): Promise<void>;
}

/** `file:<path>`: `on` or `off` in a file; while `<path>.stuck` exists, orders are taken and nothing happens. */
export class FilePower implements Power {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async isOn(): Promise<boolean> {
    return readFileSync(this.path, "utf8").trim() === "on";
  }

  async set(on: boolean): Promise<void> {
    if (!existsSync(`${this.path}.stuck`)) writeFileSync(this.path, on ? "on\n" : "off\n");
  }
}

/** `socket:<path>:<host uuid>`: a host of the end-to-end pool, behind the socket of its power controller. */
class SocketPower implements Power {
  private readonly socket: string;
  private readonly url: string;

  constructor(socket: string, uuid: string) {
    this.socket = socket;
    this.url = `http://power/power/${uuid}`;
  }

  async isOn(): Promise<boolean> {
    return (await this.ask("GET", this.url)) === "on";
  }

  async set(on: boolean): Promise<void> {
    await this.ask("POST", `${this.url}/${on ? "on" : "off"}`);
  }

  /** Rejects when the host's controller is dead. */
  private async ask(method: string, url: string): Promise<string> {
    const response = await fetch(url, { method, unix: this.socket });
    const text = await response.text();
    if (!response.ok) throw new Error(`the power controller says ${response.status}: ${text}`);
    return text;
  }
}

/** The power behind a word as `ipmi/chassis-control.sh` reads it, too. */
export function powerOf(word: string): Power {
  const [kind, path = "", uuid = ""] = word.split(":");
  if (kind === "file") return new FilePower(path);
  if (kind === "socket" && uuid !== "") return new SocketPower(path, uuid);
  throw new Error(`${word} is neither file:<path> nor socket:<path>:<host uuid>`);
}
