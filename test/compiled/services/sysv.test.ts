import { testVerbs } from "./verbs.ts";

testVerbs("sysv");
