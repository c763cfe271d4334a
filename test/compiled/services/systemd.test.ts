import { testVerbs } from "./verbs.ts";

testVerbs("systemd");
