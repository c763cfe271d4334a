import type { ChapterName } from "../cli/manual-contents.ts";
import cluster from "./chapters/cluster.md" with { type: "text" };
import commands from "./chapters/commands.md" with { type: "text" };
import configuring from "./chapters/configuring.md" with { type: "text" };
import examples from "./chapters/examples.md" with { type: "text" };
import fencing from "./chapters/fencing.md" with { type: "text" };
import installing from "./chapters/installing.md" with { type: "text" };
import limits from "./chapters/limits.md" with { type: "text" };
import modes from "./chapters/modes.md" with { type: "text" };
import parameters from "./chapters/parameters.md" with { type: "text" };
import purpose from "./chapters/purpose.md" with { type: "text" };
import security from "./chapters/security.md" with { type: "text" };
import services from "./chapters/services.md" with { type: "text" };
import splits from "./chapters/splits.md" with { type: "text" };
import troubleshooting from "./chapters/troubleshooting.md" with { type: "text" };
import upgrading from "./chapters/upgrading.md" with { type: "text" };
import xencenter from "./chapters/xencenter.md" with { type: "text" };

/** The text of each chapter; the build puts them into the executable. */
export const TEXTS: Readonly<Record<ChapterName, string>> = {
  purpose,
  installing,
  configuring,
  parameters,
  modes,
  services,
  cluster,
  fencing,
  splits,
  xencenter,
  examples,
  security,
  limits,
  troubleshooting,
  upgrading,
  commands,
};
