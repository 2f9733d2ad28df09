// Starts emulate's Slack on a free port of the loopback, with the seed that is its argument (JSON); prints its
// address, and ends when its standard input does: whatever becomes of the tests, it does not outlive them.
// emulate's command line cannot choose a free port, its JavaScript API can.
import { createEmulator } from "emulate";

const slack = await createEmulator({ service: "slack", port: 0, seed: JSON.parse(process.argv[2]) });
console.log(slack.url);
process.stdin.on("end", () => process.exit(0)).resume();
