// Everybody who can call a server, each with something of their own, and ids of what is somebody else's.
import { until } from "../../e2e/support/wait.mjs";
import { Call, connect, redeem, signIn } from "./call.mjs";
import { drawnJpeg, FaceCheck } from "./facecheck.mjs";
import { firstIssue, Order } from "./orders.mjs";
import { account, signInService } from "./service.mjs";
import { pattern } from "./synthetic.mjs";

const scopes = ["facecheck", "interview", "events", "webhooks"];
const device = (letter) => letter.repeat(43);

async function services(t, server) {
    const signedIn = async (name, granted) => {
        const { token } = account(server, name, { scopes: granted });
        return Object.assign(await signInService(t, server, token), { token });
    };
    const without = {};
    for (const scope of scopes) without[scope] = await signedIn(`no-${scope}`, scopes.filter((each) => each !== scope));
    return { service: await signedIn("orders", scopes), without };
}

// The interview of a minor, its guardian in the call and the second officer's opinion asked for.
async function minorsCall(t, server) {
    const { minor, guardian, colleagues } = server.people();
    const call = Object.assign(new Call(), { t, officer: await signIn(t, server) });
    call.applicant = await redeem(t, server, minor, device("m"));
    call.guardian = await redeem(t, server, guardian, device("g"));
    call.id = call.applicant.interview.id;
    for (const party of [call.applicant, call.guardian]) await party.call("interview.ready");
    await call.officer.call("call.start", { interview_id: call.id });
    for (const party of [call.applicant, call.guardian]) await party.call("call.accept");
    const peer = await call.join(call.guardian, { slots: 3, ivf: pattern });
    await until("the guardian sends", async () => (await peer.stats()).sent.video.frames > 10);
    const asked = await signIn(t, server, colleagues[0]);
    await call.officer.call("interview.ask_opinion", { interview_id: call.id, officer_id: asked.officer.id });
    const party_id = call.guardian.interview.parties.find(({ role }) => role === "guardian").id;
    const capture = await call.officer.call("capture.take", { interview_id: call.id, party_id, kind: "document" });
    return { ...call, asked, own: { interview_id: call.id, party_id, capture_id: capture.id, officer_id: asked.officer.id } };
}

// Submitted by a holder of its own.
async function submitted(t, server) {
    const order = await Order.draft(t, server, { fields: firstIssue() });
    await order.putMissing(drawnJpeg());
    await order.call("order.submit");
    return order;
}

// callers: connections by role, of the same mission. asked: the officer who is to give an opinion. without: services by the
// scope that they lack. strangers: officer and service of another mission. own: ids of what is the callers'. others: ids
// that are not right where an own interview is, and of what another person of the same role has.
export async function makeCast(t, server) {
    const { officer, applicant, guardian, asked, own } = await minorsCall(t, server);
    const check = await FaceCheck.start(t, server);
    const otherCheck = await FaceCheck.start(t, server);
    const other = await redeem(t, server);
    const [order, otherOrder] = [await submitted(t, server), await submitted(t, server)];
    await officer.call("review.take", { order_id: order.id });
    const stranger = await signIn(t, server, { login: "lin", password: "demo-stockholm" });
    const foreignService = account(server, "others", { mission: "stockholm", scopes });
    const { service, without } = await services(t, server);
    const interpreter = await redeem(t, server, server.people().interpreter, device("i"));
    const { id: interview_id, parties } = other.interview;
    return {
        nobody: await connect(t, server),
        callers: { officer, applicant, guardian, interpreter, submitter: check.applicant, holder: order.holder, service },
        asked,
        without,
        strangers: { officer: stranger, service: await signInService(t, server, foreignService.token) },
        own: { ...own, facecheck_id: check.id, order_id: order.id },
        others: {
            ofMission: { party_id: parties[0].id, officer_id: stranger.officer.id },
            ofPerson: { interview_id, facecheck_id: otherCheck.id, order_id: otherOrder.id },
        },
    };
}
