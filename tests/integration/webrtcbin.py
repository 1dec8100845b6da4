#!/usr/bin/python3
"""A client that is no browser: GStreamer's webrtcbin, signed in over JSON-RPC.

webrtcbin.py URL ticket TICKET          takes part as an applicant: ready, accept, join
webrtcbin.py URL officer LOGIN PASSWORD starts the call of the applicant who waits, and joins

Sends a test picture and a tone, decodes what it receives, and prints a line of JSON each second: video frames decoded
and their size, audio samples decoded and their loudest. Ends with stdin.
"""
import array
import asyncio
import itertools
import json
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import Gst, GstSdp, GstWebRTC  # noqa: E402
import websockets  # noqa: E402

SENDING = """
webrtcbin name=rtc bundle-policy=max-bundle
audiotestsrc is-live=true freq=440 ! audioconvert ! opusenc ! rtpopuspay pt=111
    ! application/x-rtp,media=audio,encoding-name=OPUS,payload=111 ! rtc.
videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=480,framerate=25/1
    ! vp8enc deadline=1 target-bitrate=800000 keyframe-max-dist=250 ! rtpvp8pay pt=96 picture-id-mode=2
    ! application/x-rtp,media=video,encoding-name=VP8,payload=96,rtcp-fb-nack-pli=true,rtcp-fb-nack=true ! rtc.
"""
RECEIVING = {
    "video": "rtpvp8depay ! vp8dec ! videoconvert ! video/x-raw,format=I420 ! fakesink name=sink signal-handoffs=true",
    "audio": "rtpopusdepay ! opusdec ! audioconvert ! audio/x-raw,format=S16LE ! fakesink name=sink signal-handoffs=true",
}
CODECS = {
    "audio": "application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000,encoding-params=(string)2",
    "video": "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000,rtcp-fb-nack-pli=true,"
    "rtcp-fb-nack=true",
}


class Rpc:
    """JSON-RPC 2.0: calls, and the latest view of the interview from its notifications."""

    def __init__(self, socket):
        self.socket, self.ids, self.waiting = socket, itertools.count(1), {}
        self.interviews, self.changed = {}, asyncio.Event()

    async def read(self):
        async for text in self.socket:
            message = json.loads(text)
            if "id" in message:
                self.waiting.pop(message["id"]).set_result(message)
            elif message["method"] == "interview.changed":
                self.note(message["params"]["interview"])

    def note(self, interview):
        self.interviews[interview["id"]] = interview
        self.changed.set()

    async def call(self, method, **params):
        number = next(self.ids)
        self.waiting[number] = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}))
        reply = await self.waiting[number]
        if "error" in reply:
            sys.exit(f"{method}: {reply['error']}")
        return reply["result"]

    async def until(self, state):
        """The first interview in that state."""
        while True:
            for interview in self.interviews.values():
                if interview["state"] == state:
                    return interview
            self.changed.clear()
            await self.changed.wait()


class Client:
    def __init__(self):
        self.counts = {"frames": 0, "width": 0, "height": 0, "samples": 0, "loudest": 0}
        self.replies = []
        self.pipeline = Gst.parse_launch(SENDING)
        self.rtc = self.pipeline.get_by_name("rtc")
        self.rtc.connect("pad-added", self.on_pad)
        self.ice = self.rtc.get_property("ice-agent")  # kept: Python takes webrtcbin's only reference
        self.ice.emit("add-local-ip-address", "127.0.0.1")
        for index, kind in enumerate(("audio", "video")):
            codec = Gst.Caps.from_string(CODECS[kind])
            self.rtc.emit("add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, codec)
            sending = self.rtc.emit("get-transceiver", index)
            sending.set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
            sending.set_property("codec-preferences", codec)  # the encoder may not have said yet

    def on_pad(self, _, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        kind = pad.get_current_caps().get_structure(0).get_string("media")
        receiving = Gst.parse_bin_from_description(RECEIVING[kind], True)
        receiving.get_by_name("sink").connect("handoff", self.on_frame if kind == "video" else self.on_sound)
        self.pipeline.add(receiving)
        receiving.sync_state_with_parent()
        pad.link(receiving.get_static_pad("sink"))

    def on_frame(self, _sink, _buffer, pad):
        structure = pad.get_current_caps().get_structure(0)
        self.counts["frames"] += 1
        self.counts["width"], self.counts["height"] = structure.get_value("width"), structure.get_value("height")

    def on_sound(self, _sink, buffer, _pad):
        samples = array.array("h", buffer.extract_dup(0, buffer.get_size()))
        self.counts["samples"] += len(samples)
        self.counts["loudest"] = max(self.counts["loudest"], max(map(abs, samples), default=0))

    async def promised(self, signal, *arguments):
        """Waits on another thread: a callback would need Python's lock while `emit` holds it and waits for webrtcbin's."""
        promise = Gst.Promise.new()
        self.rtc.emit(signal, *arguments, promise)
        await asyncio.get_running_loop().run_in_executor(None, promise.wait)
        self.replies.append(promise.get_reply())  # kept: it owns what is taken out of it
        return self.replies[-1]

    async def join(self, rpc, **params):
        self.pipeline.set_state(Gst.State.PLAYING)
        offer = (await self.promised("create-offer", None)).get_value("offer")
        await self.promised("set-local-description", offer)
        result = await rpc.call("media.join", sdp=offer.sdp.as_text(), **params)
        _, sdp = GstSdp.SDPMessage.new_from_text(result["sdp"])
        answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, sdp)
        await self.promised("set-remote-description", answer)


async def take_part(rpc, client, ticket):
    session = await rpc.call("ticket.redeem", ticket=ticket, device="w" * 43)
    rpc.note(session["interview"])
    await rpc.call("interview.ready")
    await rpc.until("ringing")
    await rpc.call("call.accept")
    await client.join(rpc)


async def conduct(rpc, client, login, password):
    await rpc.call("officer.sign_in", login=login, password=password)
    for interview in (await rpc.call("interview.list"))["interviews"]:
        rpc.note(interview)
    interview = (await rpc.until("waiting"))["id"]
    await rpc.call("call.start", interview_id=interview)
    await rpc.until("in_call")
    await client.join(rpc, interview_id=interview)


async def main(url, role, *credentials):
    Gst.init(None)
    client = Client()
    address = url.replace("http", "ws", 1) + "/v1/ws"
    async with websockets.connect(address, subprotocols=["viva.v1"], origin=url, max_size=None) as socket:
        rpc = Rpc(socket)
        reading = asyncio.create_task(rpc.read())
        await (take_part if role == "ticket" else conduct)(rpc, client, *credentials)
        ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        while not ended.done():
            print(json.dumps(client.counts), flush=True)
            await asyncio.wait([ended], timeout=1)
        client.pipeline.set_state(Gst.State.NULL)
        reading.cancel()


asyncio.run(main(*sys.argv[1:]))
