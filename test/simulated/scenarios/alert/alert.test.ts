import { playTopic } from "../play-topic.ts";

// The topic that checks what is mailed and posted, and when: mails and messages are lines of their own here.
playTopic(import.meta.dir, "in full");
