/* Stable names of the main elements for tests (data-testid). A page never reads them.
 *
 * Both pages:  lang-switch, theme-switch (data-dark), problem (data-code), reconnecting, draining, replaced, use-here,
 *              remote-video, self-view, mute, camera, switch-camera, quality (data-level), play-sound
 * Applicant:   device-check, start-check, camera-status, microphone-status, connection-verdict (data-verdict), test-again,
 *              continue, countdown, waiting-room, payment-notice, ring-on, check-again, incoming, accept-call,
 *              booking (data-state), book-day (data-day), book-time (data-at), book, give-back, book-more, decline-call, call, hold-still, leave, other-party (data-party), over (data-state)
 * Face check:  facecheck (data-step), step-portrait, step-page, step-live, choose-portrait, choose-page (the file inputs),
 *              upload-status (data-state), upload-problem (data-code), shrink, material (data-usable), named-check
 *              (data-check, data-passed), remove-portrait, remove-page, next, privacy, live-intro, camera-on, live-camera,
 *              begin, speech, live (data-state, data-task, data-index), prompt (data-task), hint (data-hint), stop-try,
 *              try-result (data-decision), reason (data-code), tries-left (data-used), try-again, skip, back-to-portrait,
 *              back-to-page, cannot, confirm-cannot, facecheck-over (data-state)
 * Home:        home-sign-in (data-step), contact, send-code, demo-code, code, confirm-code, send-again, other-contact,
 *              contact-error, code-error, nav-orders, nav-messages, nav-account, unread (data-n), orders, no-orders,
 *              new-order, order-card (data-order, data-yours), verify-first, messages, no-messages, message (data-seq,
 *              data-read), to-order, older-messages, account (data-verified), verify-form, id-kind-id_card,
 *              id-kind-passport, real-name, id-number, id-number-error, verify, verified, account-language,
 *              mail-messages, home-sign-out, back-to-order, open-home, elsewhere, fraud-note, hotline
 * Officer:     login, password, sign-in, sign-out, day, previous-day, next-day, today, interview-row (data-interview,
 *              data-state), waiting-since, interview (data-state), back, start-call, ringing, cancel-call, participant
 *              (data-party, data-role, data-media, data-microphone, data-camera), show-large, admit, capture-face,
 *              capture-document, capture-other, capture-keys, capture-status, capture-item (data-capture), capture-dialog,
 *              capture-image, capture-record, hash-check, note-text, note-add, note-item, end-call,
 *              outcome-identity_confirmed, outcome-not_confirmed, outcome-in_person, end-reason, confirm-end,
 *              mark-missed, confirm-missed, abort, confirm-abort, toast (data-kind), over,
 *              face-checks, new-check, check-order_ref, check-document, check-name, check-document_number,
 *              check-birth_date, check-expiry_date, check-sex, make-link, check-link, copy-link, check-row (data-check,
 *              data-state, data-reason), open-check, check-dialog, check-panel, check (data-state), check-details, try
 *              (data-decision), findings (data-analysis, data-kind), findings-panel, newest-face, newest-document
 *              (data-analysis), findings-error (data-code), comparison (data-decision), pair (data-pair, data-decision),
 *              mrz (data-valid), fields (data-agrees), field (data-field, data-result), same-person (data-decision),
 *              watch */
export const testId = (id: string): { "data-testid": string } => ({ "data-testid": id });
