/* Stable names of the main elements for tests (data-testid). A page never reads them.
 *
 * Both pages:  lang-switch, problem (data-code), reconnecting, draining, replaced, use-here, remote-video, self-view,
 *              mute, camera, switch-camera, quality (data-level), play-sound
 * Applicant:   device-check, start-check, camera-status, microphone-status, connection-verdict (data-verdict), test-again,
 *              continue, countdown, waiting-room, payment-notice, ring-on, check-again, incoming, accept-call,
 *              decline-call, call, hold-still, leave, other-party (data-party), over (data-state)
 * Officer:     login, password, sign-in, sign-out, day, previous-day, next-day, today, interview-row (data-interview,
 *              data-state), waiting-since, interview (data-state), back, start-call, ringing, cancel-call, participant
 *              (data-party, data-role, data-media, data-microphone, data-camera), show-large, admit, capture-face,
 *              capture-document, capture-other, capture-keys, capture-status, capture-item (data-capture), capture-dialog,
 *              capture-image, capture-record, hash-check, note-text, note-add, note-item, end-call,
 *              outcome-identity_confirmed, outcome-not_confirmed, outcome-in_person, end-reason, confirm-end,
 *              mark-missed, confirm-missed, abort, confirm-abort, toast (data-kind), over */
export const testId = (id: string): { "data-testid": string } => ({ "data-testid": id });
