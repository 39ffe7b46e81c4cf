// The built program as a test's child: started with a data folder of its own, stopped and cleaned up with it.

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const timeout_ms = 30000;

export class Service {
  #process;
  #exited;
  #log = "";

  /** Starts the program; `environment` adds to an otherwise clean one. Throws with the log if it does not come up. */
  static async start(environment = {}) {
    const service = new Service();
    service.environment = { PATH: process.env.PATH, ...environment };
    service.folder = await mkdtemp(join(tmpdir(), "parseflow-dashboard-"));
    service.port = 0;
    await service.resume();
    return service;
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it again, with the port and the data that it had. */
  async resume() {
    const options = [`--http.port=${this.port}`, `--storage.directory=${this.folder}`];
    this.#process = spawn(process.env.PARSEFLOW_BINARY, options, { env: this.environment, stdio: ["ignore", "ignore", "pipe"] });
    this.#exited = new Promise((resolve) => this.#process.on("exit", resolve));
    this.port = await new Promise((resolve, reject) => {
      const give_up = (why) => reject(new Error(`${why}\n${this.#log}`));
      const deadline = setTimeout(() => give_up("The program did not listen in time."), timeout_ms);
      this.#process.on("error", give_up);
      this.#process.on("exit", (status) => give_up(`The program ended with ${status}.`));
      this.#process.stderr.on("data", (bytes) => {
        this.#log += bytes;
        const found = /listening on http:\/\/[^\s:]+:(\d+)/.exec(this.#log.slice(this.#log.lastIndexOf("listening")));
        if (!found) return;
        clearTimeout(deadline);
        resolve(Number(found[1]));
      });
    });
  }

  /** Ends it as an operator would; returns the exit status. Does nothing if it has ended already. */
  async pause() {
    this.#log = "";
    this.#process.kill("SIGTERM");
    return this.#exited;
  }

  /** Ends it and removes its data. */
  async stop() {
    await this.pause();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Posts lines as one Logplex body. Returns when they are stored. */
  async post(app, lines) {
    const body = lines.map((line) => `${Buffer.byteLength(line) + 1} ${line}\n`).join("");
    const response = await fetch(`${this.origin}/logdrains?app=${app}`, {
      method: "POST",
      headers: {
        "Content-Type": "application/logplex-1",
        "Logplex-Msg-Count": String(lines.length),
        "Logplex-Frame-Id": randomUUID().replaceAll("-", "").toUpperCase(),
        "Logplex-Drain-Token": `d.${app}`,
        "User-Agent": "Logplex/v72",
      },
      body,
    });
    if (response.status !== 204) throw new Error(`The drain answered ${response.status}: ${await response.text()}`);
  }
}

/** A router line. `request` may override any of the fields below. */
export function routerLine(request = {}) {
  const { at = new Date(), level = "info", code = "", method = "GET", path = "/", dyno = "web.1", service_ms = 20, status = 200 } = request;
  const stamp = at.toISOString().replace("Z", "000+00:00");
  const error = code === "" ? "" : ` code=${code} desc="Request timeout"`;
  return (
    `<158>1 ${stamp} host heroku router - at=${level}${error} method=${method} path="${path}" host=shop.example.com ` +
    `request_id=${randomUUID()} fwd="203.0.113.9" dyno=${dyno} connect=1ms service=${service_ms}ms status=${status} ` +
    `bytes=512 protocol=https`
  );
}

/** A line of Heroku's that is no router line, e.g. of the dyno manager: APP-NAME, PROCID and text. */
export function platformLine(source, proc, text, at = new Date()) {
  return `<45>1 ${at.toISOString().replace("Z", "000+00:00")} host ${source} ${proc} - ${text}`;
}
