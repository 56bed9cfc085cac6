/* Starts it: preferences, the client, the first drawing. */
import { render } from "preact";
import "../kit/tokens.css";
import "../kit/base.css";
import "./shell.css";
import { route, usePerson } from "../kit";
import { later } from "../kit/later";
import { openClient } from "../lib/client";
import { App, useLanguageOf } from "./app";
import { Guard } from "./fault";
import { screens } from "./screens";
import { startWorker } from "./version";

const client = openClient();
const first = screens.find(({ id }) => id === route.peek()[0])?.part?.fetch(); /* while the line is being made */

function Root() {
    useLanguageOf(client);
    return (
        <Guard client={client} name="all">
            <App client={client} />
        </Guard>
    );
}

/* The first screen has the line for itself until it is drawn from what this device keeps. */
const CALM_MS = 300;
const calm = (): Promise<unknown> =>
    new Promise((done) =>
        setTimeout(() => {
            if (typeof requestIdleCallback === "function") requestIdleCallback(done, { timeout: 2 * CALM_MS });
            else done(undefined);
        }, CALM_MS),
    );

async function start(): Promise<void> {
    await usePerson(undefined);
    await client.ready.catch(() => undefined);
    render(<Root />, document.getElementById("app")!);
    await first;
    await calm();
    await later().catch(() => undefined); /* whoever needs it asks again */
    startWorker(client);
}

void start();
