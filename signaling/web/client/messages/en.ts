import type { CaptureKind, DocumentKind, InterviewState, MediaState, Outcome, QualityLevel, Role } from "../api";
import type { ProblemCode } from "../problem";
import { desk } from "./en_desk";
import { facecheck } from "./en_facecheck";
import { holderProblems, home } from "./en_home";
import { orders } from "./en_order";
import { checks, reasons } from "./en_reasons";
import { review } from "./en_review";

export interface ProblemText {
  what: string;
  /** What the reader can do now. */
  next: string;
}

const problems: Record<ProblemCode, ProblemText> = {
  ...holderProblems,
  parse_error: {
    what: "The page and the server did not understand each other.",
    next: "Reload the page. If it happens again, tell the mission.",
  },
  invalid_request: {
    what: "The page and the server did not understand each other.",
    next: "Reload the page. If it happens again, tell the mission.",
  },
  method_not_found: {
    what: "This page is older or newer than the server.",
    next: "Reload the page to get the current version.",
  },
  invalid_params: {
    what: "The server did not accept what was entered.",
    next: "Check what you entered and try again. If it happens again, reload the page.",
  },
  internal_error: {
    what: "Something failed at the server.",
    next: "Try again in a moment. If it happens again, tell the mission.",
  },
  not_signed_in: { what: "You are not signed in.", next: "Sign in again, or open your link again." },
  forbidden: { what: "You are not allowed to do this.", next: "Use the account or the link that was made for you." },
  bad_credentials: {
    what: "Name or password is wrong.",
    next: "Check both and try again. Capital and small letters count.",
  },
  rate_limited: { what: "Too many tries in a short time.", next: "Wait a minute, then try again." },
  session_expired: { what: "Your session has ended.", next: "Sign in again, or open your link again." },
  ticket_unknown: {
    what: "This link is not valid.",
    next: "Open the link directly from the mission's message. If you copied it, make sure that it is complete.",
  },
  ticket_expired: {
    what: "This link has expired.",
    next: "Open “My orders” in the app to see your appointment, or ask the mission for a new link.",
  },
  ticket_used: {
    what: "This link is already in use on another device.",
    next: "Go on with the device and browser on which you opened it first. If that was not you, tell the mission at once.",
  },
  ticket_revoked: {
    what: "This link has been withdrawn.",
    next: "Look in the message centre for a newer one, or ask the mission.",
  },
  ticket_rescheduled: {
    what: "The appointment has been moved, and this link belongs to the old time.",
    next: "Use the newer link from the message centre.",
  },
  not_open: { what: "The waiting room is not open yet.", next: "Come back at the time shown. The link stays valid." },
  interview_over: {
    what: "This interview is over.",
    next: "There is nothing more to do here. The mission will tell you how it goes on.",
  },
  wrong_state: { what: "This has moved on meanwhile.", next: "Look at its present state and try again if needed." },
  not_admitted: { what: "You have not been let in yet.", next: "Stay on this page. The officer will let you in." },
  not_found: { what: "This does not exist any more.", next: "Go back and open it again from the list." },
  busy: { what: "Something of the same kind is still running.", next: "Wait a moment, then try again." },
  limit: { what: "The server is at its limit.", next: "Wait a few minutes, then try again." },
  sdp_refused: {
    what: "The server could not use this browser's media offer.",
    next: "Use a current version of Chrome, Safari, Edge or Firefox.",
  },
  peer_gone: { what: "The media connection is gone.", next: "The page connects again by itself. Wait a moment." },
  no_video: {
    what: "No picture is arriving from this party.",
    next: "Ask whether the camera is on, wait for the picture, and take it again.",
  },
  no_keyframe: {
    what: "No complete picture arrived in time, so nothing was stored.",
    next: "Wait until the connection is better, then take it again.",
  },
  capture_failed: {
    what: "The picture could not be made, so nothing was stored.",
    next: "Take it again. If it happens again, note the time and tell your administrator.",
  },
  storage_failed: {
    what: "The server could not store this. Nothing was kept.",
    next: "Tell your administrator: the disk may be full. Do not end the interview before pictures are stored.",
  },
  draining: {
    what: "This server is being maintained and starts no new calls.",
    next: "Running interviews can be finished. Try again in a few minutes.",
  },
  too_large: { what: "That was too large for the server.", next: "Make it shorter and try again." },
  conflict: {
    what: "There is an open one for this order already.",
    next: "Use that one, or wait until it is decided.",
  },
  slot_taken: { what: "Somebody was quicker: that time is taken.", next: "Choose another time." },
  not_bookable: { what: "That time cannot be booked any more.", next: "Choose another time." },
  too_late: { what: "It is too late to change this appointment.", next: "Ask the mission." },
  bookings_exhausted: { what: "You have chosen a time as often as is possible here.", next: "Ask the mission." },
  tries_exhausted: { what: "No further try is possible.", next: "Go on to a video interview." },
  guardian_missing: {
    what: "The guardian has not been identified yet.",
    next: "Identify the guardian by a picture of their document, or decide on an interview in person.",
  },
  script_open: {
    what: "Required items of the script are still open.",
    next: "Finish them, or decide on an interview in person.",
  },
  day_full: {
    what: "The day's capacity is used up.",
    next: "Go on with your own orders. The rest waits until tomorrow.",
  },
  offline: {
    what: "There is no connection to the server.",
    next: "Check your internet connection. The page connects again by itself.",
  },
  timeout: { what: "The server did not answer in time.", next: "Check your internet connection and try again." },
  no_ticket: {
    what: "This page needs your personal link.",
    next: "Open the link from the mission's message on this device.",
  },
  browser_too_old: {
    what: "This browser cannot make video calls.",
    next: "Open the link in a current Chrome, Safari, Edge or Firefox, not inside another app such as WeChat.",
  },
  insecure_context: {
    what: "The camera only works on a secure page.",
    next: "Open the link exactly as you received it; its address begins with https://.",
  },
  permission_denied: {
    what: "The page may not use the camera and microphone.",
    next: "Allow both in the browser's site settings (the symbol beside the address), then try again. On a phone, also allow them for the browser in the system settings.",
  },
  camera_denied: {
    what: "The page may not use the camera.",
    next: "Allow it in the browser's site settings (the symbol beside the address), then try again. On a phone, also allow it for the browser in the system settings.",
  },
  no_camera: {
    what: "No camera was found.",
    next: "Connect a camera or use a phone, then try again.",
  },
  no_microphone: {
    what: "No microphone was found.",
    next: "Connect a microphone or a headset, then try again.",
  },
  device_in_use: {
    what: "The camera or microphone is in use by another program.",
    next: "Close other programs and tabs with video or calls, then try again.",
  },
  device_failed: {
    what: "The camera or microphone could not be started.",
    next: "Unplug and plug it in again or restart the device, then try again.",
  },
  picture_unavailable: {
    what: "The picture could not be loaded.",
    next: "Close this and open it again. If it happens again, tell your administrator.",
  },
  upload_failed: { what: "The picture did not arrive at the server.", next: "Check your internet connection and choose it again." },
  no_connection: {
    what: "The video connection to the server could not be set up.",
    next: "Turn a VPN off, or switch between Wi-Fi and mobile data, then try again. This is not counted.",
  },
  try_interrupted: {
    what: "The connection was lost during the try.",
    next: "Try again where the connection is better.",
  },
  unexpected: { what: "Something went wrong.", next: "Reload the page. If it happens again, tell the mission." },
};

const roles: Record<Role, string> = {
  applicant: "Applicant",
  guardian: "Guardian",
  interpreter: "Interpreter",
  officer: "Consular officer",
};

const states: Record<InterviewState, string> = {
  scheduled: "Scheduled",
  waiting: "Waiting",
  ringing: "Calling",
  in_call: "In call",
  ended: "Ended",
  missed: "Missed",
  aborted: "Aborted",
  required: "Not booked yet",
};

const documents: Record<DocumentKind, string> = { passport: "Passport", travel_document: "Travel document" };
const kinds: Record<CaptureKind, string> = { face: "Face", document: "Document", other: "Other" };
const media: Record<MediaState, string> = {
  none: "Not in the call",
  connecting: "Connecting",
  connected: "Connected",
  away: "Connection interrupted",
};
const qualities: Record<QualityLevel, string> = {
  good: "Good connection",
  fair: "Fair connection",
  poor: "Poor connection",
  lost: "Connection lost",
};
const outcomes: Record<Outcome, { name: string; hint: string }> = {
  identity_confirmed: { name: "Identity confirmed", hint: "The person is the applicant." },
  not_confirmed: { name: "Not confirmed", hint: "Doubts remain; the order goes back to review." },
  in_person: { name: "In person", hint: "The applicant has to come to the mission." },
};

export const en = {
  problems,
  roles,
  states,
  documents,
  kinds,
  media,
  qualities,
  outcomes,
  reasons,
  checks,
  facecheck,
  review,
  orders,
  home,
  desk,

  language: "Language",
  darkTheme: "Dark colours",
  lightTheme: "Light colours",
  loading: "One moment…",
  tryAgain: "Try again",
  cancel: "Cancel",
  close: "Close",
  dismiss: "Dismiss",
  you: "You",
  localTime: "your time",
  inZone: (p: { mission: string }): string => `at the ${p.mission}`,
  reconnecting: "Connection lost. Connecting again…",
  drainingNotice: (p: { until: string }): string =>
    `The server will be maintained. Running interviews can be finished until ${p.until}.`,
  noticePayment: {
    title: "The mission never asks for payment by phone or video",
    text: "Whoever asks you in a call for money, a bank card, a code or a transfer is a fraud. Hang up.",
  },
  noticeEncryption:
    "The connection is encrypted on the way to the mission's server. The server sees picture and sound, because it keeps pictures of the interview as evidence.",
  callControls: "Call controls",
  mute: "Mute",
  unmute: "Unmute",
  cameraOff: "Camera off",
  cameraOn: "Camera on",
  switchCamera: "Switch camera",
  selfView: "Your own picture",
  mutedMark: "Microphone off",
  cameraOffMark: "Camera off",
  videoOf: (p: { name: string }): string => `Picture of ${p.name}`,
  playSound: "Turn sound on",
  connection: "Connection",

  applicant: {
    title: "Video interview",
    brand: "Consular video interview",
    appointment: "Your appointment",
    order: "Order",
    document: "Document",
    length: "Length",
    minutes: (p: { n: number }): string => (p.n === 1 ? "1 minute" : `${p.n} minutes`),
    participants: "Who takes part",
    absent: "Not here yet",
    here: "Here",

    checkTitle: "Check your device",
    checkIntro: "The mission interviews you by video. First we try camera, microphone and connection. Nothing is recorded now.",
    checkStart: "Start the check",
    checkAsk: "Your browser will ask whether this page may use the camera and microphone. Choose “Allow”.",
    camera: "Camera",
    microphone: "Microphone",
    cameraGood: "The camera works. Can you see your whole face, with light from the front?",
    cameraPreview: "Preview of your camera",
    microphoneListen: "Say something: the bar must move.",
    microphoneGood: "We can hear the microphone.",
    microphoneLevel: "Microphone level",
    waitingForPermission: "Waiting for your permission…",
    notChecked: "Not checked yet",
    connectionTesting: "Testing the connection to the interview server…",
    verdicts: {
      good: { what: "The connection is good.", next: "You can go on." },
      weak: {
        what: "The connection works, but it is slow.",
        next: "Go nearer to the Wi-Fi router, stop downloads, or use another network, then test again.",
      },
      blocked: {
        what: "This network does not let video calls through (UDP is blocked).",
        next: "Switch from Wi-Fi to mobile data or to another network, turn a VPN off, then test again.",
      },
      failed: {
        what: "The secure connection could not be set up.",
        next: "Turn a VPN or proxy off, or use another network or browser, then test again.",
      },
    },
    roundTrip: (p: { ms: number }): string => `Round trip ${p.ms} ms`,
    bitrate: (p: { mbit: string }): string => `Up to ${p.mbit} Mbit/s`,
    testAgain: "Test again",
    checkAgain: "Check the device again",
    continue: "Go to the waiting room",
    continueAnyway: "Go on anyway",
    continueHint: "Camera and microphone must work before you can go on.",

    bookTitle: "Choose your appointment",
    bookText: "The mission would like to talk to you by video. Choose a time that suits you; you come back to it with the same link.",
    bookAgain: "Choose another time",
    bookTimes: ({ n }: { n: number }) => (n === 1 ? "You can choose once more." : `You can choose ${n} more times.`),
    bookZone: "Times are yours; the small ones are the mission's.",
    bookNone: "There is no free time at present. Please look again later.",
    bookMore: "Show more days",
    bookConfirm: "Book this time",
    bookMove: "Move to this time",
    bookGiveBack: "Give this appointment back",
    countdownTitle: "You are early",
    countdownText: "The waiting room opens by itself here. You can leave this page open or come back later with the same link.",
    opensIn: "Opens in",
    opensAt: "Opens at",

    waitingTitle: "Waiting room",
    waitingText: "Please stay on this page. The officer will call you here.",
    waitingLate: "The officer is taking a little longer. Please stay on this page.",
    waitingJoin: "The interview is running. The officer will let you in.",
    ownPicture: "Only you see this picture.",
    soundOff: "So that you hear the call:",
    soundOn: "Turn the ring tone on",

    incomingTitle: "The officer is calling",
    incomingText: (p: { officer: string; mission: string }): string => `${p.officer}, ${p.mission}`,
    incomingRejoin: "Your interview is running",
    accept: "Accept",
    decline: "Decline",
    rejoin: "Return to the call",
    leave: "Hang up",
    declined: "You declined the call. The officer may call again.",
    titleFlash: "📞 Incoming call",

    callTitle: "Interview",
    connecting: "Connecting…",
    recovering: "The connection is being restored. Please stay.",
    officerAway: "The officer's connection is interrupted. Please stay.",
    holdStill: "Hold still: a picture is being taken",
    holdDocument: "Hold the document still: a picture is being taken",
    pictureOf: (p: { name: string }): string => `A picture of ${p.name} is being taken`,
    officerWaits: "Waiting for the officer's picture…",

    endedTitle: "The interview has ended",
    endedText: "Thank you. The mission will tell you the result in the message centre. You can close this page.",
    missedTitle: "The appointment was missed",
    missedAgain: "Nobody met at the appointed time. Choose another one below.",
    missedText: "Nobody met at the appointed time. Open “My orders” in the app to pick a new time.",
    abortedTitle: "The interview was broken off",
    abortedText: "The mission will tell you in the message centre how it goes on. You can close this page.",
    replacedTitle: "Opened in another window",
    replacedText: "Your interview goes on in another tab or window of this browser. You can close this one.",
    useHere: "Use this window instead",
    problemTitle: "This did not work",
    usedTitle: "Link already in use",
    linkTitle: "Open your personal link",
  },

  officer: {
    title: "Officer console",
    brand: "Consular video interviews",
    signInTitle: "Sign in",
    login: "Name",
    password: "Password",
    signIn: "Sign in",
    signOut: "Sign out",
    demo: "Demonstration: the people here are invented.",

    listTitle: "Interviews",
    today: "Today",
    previousDay: "Previous day",
    nextDay: "Next day",
    day: "Day",
    missionDay: (p: { zone: string }): string => `Days and times of the mission (${p.zone})`,
    nobody: "No interviews on this day.",
    columnTime: "Time",
    columnApplicant: "Applicant",
    columnOrder: "Order",
    columnState: "State",
    columnPeople: "Also taking part",
    waitingFor: (p: { minutes: number }): string =>
      p.minutes < 1 ? "waiting for less than a minute" : p.minutes === 1 ? "waiting for 1 minute" : `waiting for ${p.minutes} minutes`,
    summary: (p: { waiting: number; total: number }): string =>
      `${p.total === 1 ? "1 interview" : `${p.total} interviews`}, ${p.waiting} waiting`,
    open: "Open",

    back: "All interviews",
    notHereYet: "The applicant is not in the waiting room yet.",
    readyToCall: (p: { name: string }): string => `${p.name} is in the waiting room.`,
    startCall: "Start call",
    calling: (p: { name: string }): string => `Calling ${p.name}…`,
    ringsUntil: (p: { seconds: number }): string => `Rings for another ${p.seconds} s`,
    cancelCall: "Cancel call",
    resumeCall: "Return to the call",
    otherOfficer: (p: { name: string }): string => `${p.name} conducts this interview.`,
    connecting: "Connecting…",
    recovering: "Restoring the media connection…",
    waitingForPicture: (p: { name: string }): string => `Waiting for the picture of ${p.name}…`,
    awayPicture: (p: { name: string }): string => `The connection of ${p.name} is interrupted. They come back by themselves.`,
    participants: "Participants",
    showLarge: (p: { name: string }): string => `Show ${p.name} large`,
    admit: "Let in",
    absent: "Absent",
    present: "Online",
    inWaitingRoom: "In the waiting room",
    ownDevice: "Your camera and microphone",

    capture: "Take a picture",
    captureOf: (p: { name: string }): string => `Picture of ${p.name}`,
    capturing: "Taking the picture…",
    captureStored: (p: { seq: number }): string => `Picture ${p.seq} is stored.`,
    captureError: "No picture was stored",
    captures: "Pictures",
    noCaptures: "No pictures yet.",
    captureNumber: (p: { seq: number; kind: string }): string => `Picture ${p.seq}: ${p.kind}`,
    record: "Record",
    recordFields: {
      party: "Person",
      kind: "Kind",
      captured_at: "Taken at",
      officer: "By",
      size: "Size",
      file: "File",
      codec: "Codec",
      room: "Media room",
      fingerprint: "DTLS fingerprint of the sender",
      ssrc: "SSRC",
      rtp_timestamp: "RTP timestamp",
      frame_sha256: "SHA-256 of the frame",
      file_sha256: "SHA-256 of the file",
    },
    hashChecking: "Checking the file…",
    hashMatches: "The file shown has exactly this hash (checked in this browser).",
    hashDiffers: "The file shown does NOT have this hash. Do not use it.",
    hashUnchecked: "Not checked: needs a secure page.",

    notes: "Notes",
    noteText: "New note",
    noteAdd: "Add note",
    noteHint: "Ctrl + Enter adds the note.",
    noNotes: "No notes yet.",

    quality: "Connection",
    sends: "sends",
    receives: "receives",
    roundTrip: "round trip",
    loss: "loss",

    endCall: "End interview",
    endTitle: "End the interview",
    endText: "The call ends for everybody. This cannot be undone.",
    outcome: "Outcome",
    reason: "Reason",
    reasonRequired: "required",
    reasonOptional: "optional",
    confirmEnd: "End interview",
    markMissed: "Mark as missed",
    missedTitle: "Mark as missed",
    missedText: "The applicant did not come. This cannot be undone.",
    confirmMissed: "Mark as missed",
    abort: "Abort",
    abortTitle: "Abort the interview",
    abortText: "The interview is broken off without an outcome. This cannot be undone.",
    confirmAbort: "Abort interview",

    over: { ended: "This interview has ended.", missed: "This interview was missed.", aborted: "This interview was aborted." },
    secondDevice: (p: { name: string; time: string }): string =>
      `${p.time}: a second device tried to open the link of ${p.name}. It was refused.`,
    declinedBy: (p: { name: string }): string => `${p.name} declined the call.`,
    replacedTitle: "Opened in another window",
    replacedText: "The call goes on in another tab or window. You can close this one.",
    useHere: "Use this window instead",
  },
};
