/** The RTCPeerConnection that the server expects: one sending audio and one sending video m-line, then three receiving
 * ones of each kind, all in one bundle. */

const SLOTS = 3;
export const VIDEO_MAX_BPS = 2_500_000;

export interface Peer {
  pc: RTCPeerConnection;
  audio: RTCRtpSender;
  video: RTCRtpSender;
  /** What arrives in receive slot i: its audio and its video. */
  slots: MediaStream[];
}

export function makePeer(local: MediaStream | null): Peer {
  // The server is reached directly (ICE-lite with a host candidate), so no STUN or TURN server is asked.
  const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers: [] });
  const streams = local ? [local] : [];
  const sending = (kind: "audio" | "video", track: MediaStreamTrack | undefined, init: RTCRtpTransceiverInit) =>
    pc.addTransceiver(track ?? kind, { direction: "sendonly", streams, ...init }).sender;
  const audio = sending("audio", local?.getAudioTracks()[0], {});
  const video = sending("video", local?.getVideoTracks()[0], { sendEncodings: [{ maxBitrate: VIDEO_MAX_BPS }] });

  const receive = (kind: "audio" | "video") =>
    Array.from({ length: SLOTS }, () => pc.addTransceiver(kind, { direction: "recvonly" }).receiver.track);
  const audios = receive("audio");
  const videos = receive("video");
  const slots = audios.map((track, index) => new MediaStream([track, videos[index]].filter((t) => t !== undefined)));
  return { pc, audio, video, slots };
}

/** A picture of an identity document is worth more sharp and late than smooth and blurred. Not every browser knows the
 * setting, and none must fail for it. */
export async function preferSharpness(video: RTCRtpSender): Promise<void> {
  const parameters = video.getParameters();
  parameters.degradationPreference = "maintain-resolution";
  await video.setParameters(parameters).catch(() => undefined);
}

/** Offers, lets `exchange` carry the offer to the server, and sets the answer. Our candidates are of no interest to an
 * ICE-lite server: it learns our address from our checks. */
export async function negotiate(
  pc: RTCPeerConnection,
  options: RTCOfferOptions,
  exchange: (sdp: string) => Promise<string>,
): Promise<void> {
  const offer = await pc.createOffer(options);
  await pc.setLocalDescription(offer);
  const sdp = await exchange(offer.sdp ?? "");
  await pc.setRemoteDescription({ type: "answer", sdp });
}

/** Resolves true once connected, false when it failed, took too long or was given up. */
export function connected(pc: RTCPeerConnection, timeoutMs: number, giveUp?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (result: boolean): void => {
      clearTimeout(timer);
      pc.removeEventListener("connectionstatechange", look);
      giveUp?.removeEventListener("abort", look);
      resolve(result);
    };
    const look = (): void => {
      if (pc.connectionState === "connected") done(true);
      else if (giveUp?.aborted || pc.connectionState === "failed" || pc.connectionState === "closed") done(false);
    };
    const timer = setTimeout(() => done(false), timeoutMs);
    pc.addEventListener("connectionstatechange", look);
    giveUp?.addEventListener("abort", look);
    look();
  });
}
