// The system's Chromium without a window, and with a profile of its own.

import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { chromium } = createRequire(join(process.env.PARSEFLOW_TEST_PACKAGES, "/"))("playwright-core");

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts it, with these of playwright's options for a context. Closing the context also removes the profile. */
export async function startBrowser(options = {}) {
  const profile = await mkdtemp(join(tmpdir(), "parseflow-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.PARSEFLOW_CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: flags,
    ...options,
  });
  const close = context.close.bind(context);
  context.close = async () => {
    await close();
    await rm(profile, { recursive: true, force: true });
  };
  return context;
}
