"""A renewal from registration to the new passport, and what else may become of an order, by a client that knows of the
server only what its API's documents say. Arguments: documents' folder, URL, officer's login and password, token of an
order service, a JPEG. Prints each step; fails at the first that is not as described."""

import asyncio
import datetime
import secrets
import sys

import jsonschema
from openrpc_client import Document, Rest, Rpc, RpcError

folder, url, login, password, service_token, picture = sys.argv[1:]
openrpc = Document(f"{folder}/openrpc.json")
rest = Rest(Document(f"{folder}/openapi.yaml"), url)
with open(picture, "rb") as jpeg:
    photo = jpeg.read()

SIGNATURE = "0,0 10,20 30,40 50,60 70,80 90,100 120,140 200,200 300,300 400,350;500,100 1000,400"
APPLICANT = {
    "relation": "self",
    "applicant_name": "王芳",
    "applicant_name_latin": "Wang Fang",
    "birth_date": "1985-04-05",
    "sex": "F",
    "region": "US-NY",
    "address": "12 Example Street, New York",
    "phone": "+1 212 555 0100",
}
RENEWAL = {**APPLICANT, "issue": "renewal", "condition": "expired", "document_number": "EA7654321", "expiry_date": "2020-05-01"}
FIRST = {**APPLICANT, "issue": "first", "condition": "never_held", "applicant_name": "王小明"}


def step(text):
    print(text, flush=True)


def connect():
    return Rpc.connect(openrpc, url)


async def refused(code, call):
    try:
        await call
    except RpcError as error:
        assert error.code == code, f"{error.code} instead of {code}"
        return error.data
    raise AssertionError(f"not refused: {code}")


async def register():
    rpc = await connect()
    hello = await rpc.server.hello()
    assert hello["name"] == "viva"
    contact = f"client{secrets.token_hex(4)}@example.org"
    sent = await rpc.account.request_code(contact=contact, language="zh-Hans")
    await refused("bad_credentials", rpc.account.confirm(contact=contact, code=f"{(int(sent['demo_code']) + 1) % 10**6:06}"))
    session = await rpc.account.confirm(contact=contact, code=sent["demo_code"])
    await rpc.account.verify(name="王芳", id_kind="passport", id_number=f"E{secrets.randbelow(10**8):08}")
    await rpc.account.set(language="en", mail_messages=False)
    account = await rpc.account.get()
    assert account["verified"] and account["language"] == "en"
    step("registered and verified")
    return rpc, session["token"]


async def submit(holder, token, kind="passport", **fields):
    """An order with what it needs, submitted."""
    missions = await holder.order.missions()
    assert "new-york" in [mission["id"] for mission in missions["missions"]]
    order = await holder.order.create(mission_id="new-york", kind=kind)
    of = {"order_id": order["id"]}
    missing = await refused("missing", holder.order.submit(**of, version=order["version"]))
    assert missing["missing"] == order["missing"]
    order = await holder.order.update(**of, version=order["version"], **fields)
    order = await holder.order.declare(**of, version=order["version"], name="王芳", signature=SIGNATURE)
    for material in order["materials"]:
        if material["needed"]:
            where = {"token": token, "id": order["id"], "slot": material["slot"]}
            half = len(photo) // 2
            parts = [(0, half), (half, len(photo))]
            for begin, end in parts:
                content_range = {"Content-Range": f"bytes {begin}-{end - 1}/{len(photo)}"}
                status, _ = rest.putOrderMaterial(body=photo[begin:end], **where, **content_range)
                assert status == (202 if end == half else 200), f"{material['slot']}: {status}"
            assert rest.getOrderMaterial(**where) == (200, photo)
            assert rest.getOrderMaterial(**where, width=320)[0] == 200
    order = await holder.order.get(**of)
    order = await holder.order.submit(**of, version=order["version"])
    assert order["state"] == "submitted"
    step(f"submitted {order['number']}")
    return order


async def reaches(holder, order, state):
    """The order as its holder is told of it, once it is there."""
    told = await holder.notified("order.changed", lambda params: params["order"]["id"] == order["id"] and params["order"]["state"] == state)
    step(f"told: {state}")
    return told["order"]


async def skip_face_check(holder, order):
    ticket = (await holder.order.enter(order_id=order["id"], what="facecheck"))["ticket"]
    applicant = await connect()
    await applicant.ticket.redeem(ticket=ticket, device=secrets.token_urlsafe(32))
    check = await applicant.facecheck.get()
    assert check["state"] == "open"
    await applicant.facecheck.skip(reason="accessibility")
    step("skipped the face check")


async def book(holder, order):
    ticket = (await holder.order.enter(order_id=order["id"], what="interview"))["ticket"]
    applicant = await connect()
    session = await applicant.ticket.redeem(ticket=ticket, device=secrets.token_urlsafe(32), purpose="schedule")
    now = datetime.datetime.now(datetime.timezone.utc)
    day = lambda days: (now + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    slots = (await applicant.schedule.slots(**{"from": day(0), "to": day(30)}))["slots"]
    interview = await applicant.schedule.book(at=slots[0]["at"])
    interview = await applicant.schedule.reschedule(at=slots[-1]["at"])
    status, calendar = rest.getAppointment(session["token"], id=interview["id"])
    assert status == 200 and b"BEGIN:VEVENT" in calendar
    step("booked and moved the appointment")


async def renewal(holder, token, officer):
    order = await submit(holder, token, **RENEWAL)
    of = {"order_id": order["id"]}
    await skip_face_check(holder, order)
    await reaches(holder, order, "interview_required")
    await book(holder, order)
    order = await reaches(holder, order, "interview_scheduled")
    assert order["next"] == "join_later"
    order = await officer.order.get(**of)
    order = await officer.review.drop_interview(**of, version=order["version"], reason="Known in person.")
    order = await officer.review.assign(**of)
    order = await officer.review.approve(**of, version=order["version"])
    order = await officer.review.produced(**of, version=order["version"])
    await officer.review.dispatched(**of, version=order["version"], way="courier", tracking="1Z999")
    order = await reaches(holder, order, "dispatched")
    order = await holder.order.complete(**of, version=order["version"])
    assert order["state"] == "completed" and order["next"] == "done"
    step("received the new passport")
    return order


async def rejection(holder, token, officer):
    order = await submit(holder, token, **FIRST)
    of = {"order_id": order["id"]}
    queue = await officer.review.queue()
    assert order["id"] in [each["id"] for each in queue["waiting"]]
    order = await officer.review.take(**of)
    await officer.review.supplement(**of, version=order["version"], text="The portrait is blurred.", slots="portrait")
    order = await reaches(holder, order, "supplement_required")
    status, _ = rest.putOrderMaterial(token, photo, id=order["id"], slot="portrait")
    assert status == 200
    order = await holder.order.get(**of)
    order = await holder.order.supplemented(**of, version=order["version"])
    await officer.review.reject(**of, version=order["version"], reason="No proof of nationality.")
    order = await reaches(holder, order, "rejected")
    assert order["reason"] == "No proof of nationality."
    await refused("wrong_state", holder.order.withdraw(**of, version=order["version"]))
    found = await officer.review.list(search=order["number"])
    assert [each["id"] for each in found["orders"]] == [order["id"]]


async def withdrawals(holder, token):
    emergency = {"condition": "passport_lost", "applicant_name": "王大伟"}
    order = await submit(holder, token, kind="emergency_travel_document", **{**APPLICANT, **emergency})
    await refused("not_withdrawable", holder.order.withdraw(order_id=order["id"], version=order["version"]))
    draft = await holder.order.create(mission_id="new-york", kind="passport")
    draft = await holder.order.withdraw(order_id=draft["id"], version=draft["version"], reason="Not needed any more.")
    assert draft["state"] == "withdrawn"
    step("an emergency travel document is not withdrawn, a draft is")


async def messages(holder):
    listed = await holder.message.list(limit=50)
    assert listed["unread"] > 0 and all(message["title"] and message["text"] for message in listed["messages"])
    assert (await holder.message.read(seq=listed["messages"][0]["seq"]))["unread"] == 0
    step(f"read {len(listed['messages'])} messages")


async def events(order):
    service = await connect()
    await service.service.sign_in(token=service_token)
    last = 0
    states = []
    while page := (await service.events.list(after=last, limit=1000))["events"]:
        last = page[-1]["seq"]
        states += [event["data"]["state"] for event in page if event["type"] == "order.changed" and event["order_ref"] == order["number"]]
    assert states[-1] == "completed" and states.index("approved") < states.index("produced") < states.index("dispatched"), states
    step(f"an order service hears of it: {', '.join(states)}")


async def main():
    holder, token = await register()
    try:
        await holder.order.create(mission_id="new-york", kind="driving_licence")
        raise AssertionError("sent what the document does not allow")
    except jsonschema.ValidationError:
        step("refuses what the document does not allow")
    officer = await connect()
    await officer.officer.sign_in(login=login, password=password)
    order = await renewal(holder, token, officer)
    await rejection(holder, token, officer)
    await withdrawals(holder, token)
    await messages(holder)
    await events(order)
    status, error = rest.getOrderMaterial(token, id="a" * 26, slot="portrait")
    assert status == 404 and error["error"]["code"] == "not_found"
    await holder.session.end()
    await refused("not_signed_in", holder.account.get())
    step("signed out")


asyncio.run(asyncio.wait_for(main(), 300))
