import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";

/**
 * `npm run api [-- --check]`: writes the public types of the built package to `docs/api`, one file for each entry point, or says how
 * they differ from what is there, so that a review sees every change of them.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const ENTRIES = ["index", "hdf5", "node", "bullmq"];
/** Comments that say only whether there is documentation. */
const MARKS = /^ *\/\/ (@public|\(undocumented\)|@public \(undocumented\)|\(No @packageDocumentation.*)\n/gm;

const fresh = mkdtempSync(join(tmpdir(), "api-"));
try {
  for (const entry of ENTRIES) writeFileSync(join(fresh, `${entry}.api.md`), report(entry));
  const kept = join(root, "docs/api");
  if (!process.argv.includes("--check")) {
    rmSync(kept, { recursive: true, force: true });
    cpSync(fresh, kept, { recursive: true });
  } else {
    mkdirSync(kept, { recursive: true });
    const { status } = spawnSync("git", ["--no-pager", "diff", "--no-index", kept, fresh], {
      stdio: "inherit",
    });
    if (status !== 0) {
      console.error(
        "\napi: the public types differ from docs/api; where that is meant, run npm run api and commit it",
      );
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(fresh, { recursive: true });
}

function report(entry: string): string {
  const folder = mkdtempSync(join(tmpdir(), "api-extractor-"));
  try {
    const configObject = {
      projectFolder: root,
      mainEntryPointFilePath: join(root, "dist", `${entry}.d.ts`),
      newlineKind: "lf",
      compiler: { tsconfigFilePath: join(root, "tsconfig.json") },
      apiReport: { enabled: true, reportFileName: entry, reportFolder: folder, reportTempFolder: folder },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    } as const;
    const { succeeded } = Extractor.invoke(
      ExtractorConfig.prepare({
        configObject,
        configObjectFullPath: undefined,
        packageJsonFullPath: join(root, "package.json"),
      }),
      {
        localBuild: true,
        messageCallback(message) {
          if (message.logLevel !== ExtractorLogLevel.Error) message.logLevel = ExtractorLogLevel.None;
        },
      },
    );
    if (!succeeded) throw new Error(`api: cannot read the types of ${entry}`);
    return readFileSync(join(folder, `${entry}.api.md`), "utf8").replaceAll(MARKS, "");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
