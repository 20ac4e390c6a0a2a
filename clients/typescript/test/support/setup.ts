// Says how to run the tests when there is no server to run them against.
const NEEDED = ["ANCHORHOLD_URL", "ANCHORHOLD_OPERATOR_URL", "ANCHORHOLD_OPERATOR_KEY"];

export default function setup(): void {
  const missing = NEEDED.filter((name) => !process.env[name]);
  if (missing.length === 0) return;
  throw new Error(
    `these tests ask a real server; ${missing.join(", ")} must say where it is.\n` +
      "Start one: anchorhold serve --data $(mktemp -d)/data --print-operator-key\n" +
      "Then: ANCHORHOLD_URL=http://127.0.0.1:3300 ANCHORHOLD_OPERATOR_URL=http://127.0.0.1:3301 " +
      "ANCHORHOLD_OPERATOR_KEY=aho_... npm test\n" +
      "`make test` does both.",
  );
}
