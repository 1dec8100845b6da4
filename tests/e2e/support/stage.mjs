// A server, cameras and people for one test; everything is taken down at its end.
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after } from "node:test";
import { closeBrowsers, untilPlaying } from "./browser.mjs";
import { makeCamera } from "./camera.mjs";
import { Guest, Holder, Officer, Submitter } from "./people.mjs";
import { Server } from "./server.mjs";

// Of all the tests of a file.
const folder = mkdtempSync(path.join(os.tmpdir(), "viva-cameras-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
const guestCamera = makeCamera(folder, "yes");
const officerCamera = makeCamera(folder, "no");

after(closeBrowsers);

export class Stage {
    guestCamera = guestCamera;
    officerCamera = officerCamera;
    people = [];

    // `t` is the test's context.
    static async set(t, serverOptions) {
        const stage = new Stage();
        t.after(async () => {
            await Promise.all(stage.people.map((person) => person.close()));
            await stage.server?.remove();
        });
        t.diagnostic(`the applicant's camera shows a ${guestCamera.what}`);
        stage.server = await Server.start(serverOptions);
        return stage;
    }

    async guest(link, { camera = this.guestCamera, ...options } = {}) {
        return this.#add(await Guest.open(camera, link, options));
    }

    async submitter(camera, link, options) {
        return this.#add(await Submitter.open(camera, link, options));
    }

    async holder(camera, options) {
        return this.#add(await Holder.open(camera, `${this.server.url}/#/`, options));
    }

    async officer(options) {
        return this.#add(await Officer.open(this.officerCamera, this.server, options));
    }

    // Who has nothing more to do leaves the machine to the others.
    async leave(...people) {
        this.people = this.people.filter((person) => !people.includes(person));
        await Promise.all(people.map((person) => person.close()));
    }

    #add(person) {
        this.people.push(person);
        return person;
    }

    // The demo's first interview, as far as the call: both sides play. `camera`: of both. Returns who is in it.
    async call(camera = {}) {
        const { applicant: link, login } = this.server.people();
        const [applicant, officer] = await Promise.all([this.guest(link, camera), this.officer(camera)]);
        await Promise.all([applicant.passDeviceCheck(), officer.signIn(login)]);
        await officer.startCall();
        await applicant.accept();
        const fps = camera.fps && camera.fps - 3;
        const [seenByApplicant, seenByOfficer] = await Promise.all([applicant, officer].map(({ page }) => untilPlaying(page, { fps })));
        return { applicant, officer, seenByApplicant, seenByOfficer };
    }
}
