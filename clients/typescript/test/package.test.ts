// What is shipped: the packed tarball in an empty directory, its types, its bundle, and the snippets of the documents.
import { execFile } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createContext, runInContext } from "node:vm";

import { build } from "esbuild";
import ts from "typescript";

import { baseUrl, tenant } from "./support/server.js";

const here = fileURLToPath(new URL("..", import.meta.url));
const modules = join(here, "node_modules");
const place = mkdtempSync(join(tmpdir(), "anchorhold-"));
const installed = join(place, "node_modules/anchorhold");

beforeAll(async () => {
  const packed = await run("npm", ["pack", "--silent", "--pack-destination", place], here);
  const tarball = join(place, packed.trim().split("\n").at(-1)!);
  writeFileSync(
    join(place, "package.json"),
    '{ "name": "empty", "private": true, "type": "module" }',
  );
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], place);
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** Runs a program to its end, while connections of this process stay alive. */
async function run(
  program: string,
  words: string[],
  directory: string,
  more: object = {},
): Promise<string> {
  const env = { ...process.env, ...more };
  const ended = promisify(execFile)(program, words, { cwd: directory, env });
  const { stdout } = await ended.catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`${program} ${words.join(" ")}\n${error.stdout}\n${error.stderr}`);
  });
  return stdout;
}

it("holds the built client, its types and its licence, and needs nothing else", () => {
  const files = readdirSync(installed, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.\w+$|LICENSE/.test(name),
  );
  const expected = /^(dist\/.+\.(js|d\.ts)|package\.json|README\.md|LICENSE)$/;
  expect(files.filter((name) => !expected.test(name))).toEqual([]);
  expect(files).toEqual(
    expect.arrayContaining([
      "dist/index.js",
      "dist/index.d.ts",
      "dist/ai.js",
      "dist/ai.d.ts",
      "LICENSE",
    ]),
  );
  expect(readdirSync(join(place, "node_modules")).filter((name) => !name.startsWith("."))).toEqual([
    "anchorhold",
  ]);
  expect(JSON.parse(readFileSync(join(installed, "package.json"), "utf8"))).not.toHaveProperty(
    "dependencies",
  );
});

it("is imported by plain Node in an empty directory", async () => {
  const script = 'import * as all from "anchorhold"; console.log(Object.keys(all).sort().join());';
  const names = (await run("node", ["--input-type=module", "--eval", script], place))
    .trim()
    .split(",");
  expect(names).toEqual(
    expect.arrayContaining(["Anchorhold", "AnchorholdError", "MemoryClient", "getMemoryContext"]),
  );
});

it("names no module of Node, and works where there is nothing but the web", async () => {
  const code = 'export { MemoryClient, getMemoryContext } from "anchorhold";';
  const stdin = { contents: code, resolveDir: place };
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
    globalName: "anchorhold",
    logLevel: "silent",
  });
  const bundle = outputFiles[0]!.text;
  expect(bundle).not.toMatch(/["']node:|require\(/);
  const web = {
    fetch,
    crypto,
    URL,
    URLSearchParams,
    Headers,
    Response,
    Blob,
    ReadableStream,
    TextEncoder,
    TextDecoder,
    AbortController,
    setTimeout,
    clearTimeout,
  };
  const context = createContext(web);
  runInContext(`var anchorhold; ${bundle}; globalThis.anchorhold = anchorhold;`, context);
  const { MemoryClient, getMemoryContext } = (
    context as unknown as { anchorhold: typeof import("anchorhold") }
  ).anchorhold;
  const { apiKey } = await tenant();
  const alice = new MemoryClient({ baseUrl, apiKey, userId: "alice" });
  await alice.addMemory("Tea without sugar.");
  expect(await getMemoryContext(alice, "tea")).toContain("Tea without sugar.");
  expect(await alice.import(alice.export())).toMatchObject({ skipped: 1 });
});

const MODEL = `
import { MockLanguageModelV4 } from "ai/test";
const inputTokens = { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 };
const usage = { inputTokens, outputTokens: { total: 1, text: 1, reasoning: 0 } };
export const model = new MockLanguageModelV4({ doGenerate: {
  content: [{ type: "text", text: "Noted." }], finishReason: { unified: "stop", raw: undefined }, usage, warnings: [],
} });`;

const documents = ["README.md", "../../docs/clients.md"];
const text = documents.map((path) => readFileSync(join(here, path), "utf8")).join("\n");
const snippets = [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code!);

describe("the snippets of the documents", () => {
  const directory = join(place, "snippets");
  const file = (number: number) => join(directory, `snippet-${number}.ts`);

  beforeAll(() => {
    mkdirSync(directory);
    for (const name of ["ai", "@types"])
      symlinkSync(join(modules, name), join(place, "node_modules", name));
    writeFileSync(join(directory, "model.ts"), MODEL);
    snippets.forEach((code, number) => writeFileSync(file(number), code));
    for (const [number, code] of [...snippets, MODEL].entries()) {
      const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
      const target = number < snippets.length ? file(number) : join(directory, "model.ts");
      writeFileSync(
        target.replace(/ts$/, "js"),
        ts.transpileModule(code, { compilerOptions }).outputText,
      );
    }
  });

  it("pass the compiler against the types that are shipped", async () => {
    expect(snippets.length).toBeGreaterThan(6);
    const options = [
      "--noEmit",
      "--strict",
      "--module",
      "nodenext",
      "--target",
      "es2022",
      "--skipLibCheck",
      "--types",
      "node",
    ];
    const files = snippets.map((_, number) => file(number));
    await run(join(modules, ".bin/tsc"), [...options, ...files], place);
    const web = [
      "--noEmit",
      "--strict",
      "--module",
      "nodenext",
      "--target",
      "es2022",
      "--lib",
      "es2022,dom",
      "--typeRoots",
      "none",
    ];
    await run(join(modules, ".bin/tsc"), [...web, join(installed, "dist/index.d.ts")], place);
  });

  it.each(
    snippets.map(
      (code, number) => [code.match(/(?<=\nconst ).*/)?.[0] ?? code, number, code] as const,
    ),
  )("print what they say: %s", async (_, number, code) => {
    const { apiKey, adminKey } = await tenant();
    const visitors = await tenant({ isolation: "session" });
    const pageKey = await visitors.key({ publishable: { origins: ["https://app.example.org"] } });
    const keys = {
      ANCHORHOLD_KEY: apiKey,
      ANCHORHOLD_ADMIN_KEY: adminKey,
      ANCHORHOLD_PAGE_KEY: pageKey,
    };
    const said = await run("node", [file(number).replace(/ts$/, "js")], place, keys);
    const marks = [...code.matchAll(/\/\/ -> (.*)/g)].map(([, words]) => words);
    expect(marks.length).toBeGreaterThan(0);
    expect(said.trimEnd().split("\n")).toEqual(marks);
  });
});
