/* Stable names of the main elements for tests (data-testid). A page never reads them.
 *
 * Both pages:  lang-switch, theme-switch (data-dark), problem (data-code), reconnecting, draining, replaced, use-here,
 *              remote-video, self-view, mute, camera, switch-camera, quality (data-level), play-sound
 * Applicant:   device-check, start-check, camera-status, microphone-status, connection-verdict (data-verdict), test-again,
 *              continue, countdown, waiting-room, payment-notice, ring-on, check-again, incoming, accept-call,
 *              booking (data-state), book-day (data-day), book-time (data-at), book, give-back, book-more, decline-call,
 *              call, hold-still, leave, other-party (data-party), over (data-state)
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
 * New order:   new-order, choice-mission, choice-kind, choice-issue, choice-condition, choice-relation (data-invalid),
 *              and each answer as mission-ID, kind-KIND, issue-ISSUE, condition-CONDITION, relation-RELATION,
 *              create-order
 * Order:       order (data-state, data-version), order-state (data-state), next (data-code), next-action, part-details,
 *              part-declaration, part-materials, part-submit, part-state (data-open), saving (data-state),
 *              changed-elsewhere, field-FIELD, field-hint (data-field), sex-F, sex-M, sex-X, details-summary,
 *              declaration-text, signature-pad, signature-undo, signature-clear, sign-name, sign, signature, sign-again,
 *              slot (data-slot, data-missing), choose-SLOT (the file input), take-SLOT, thumbnail, remove-SLOT,
 *              confirm-remove-SLOT, more-slots, go-on, missing, missing-item (data-item), not-verified, submit-known,
 *              submit-order, supplement, supplement-item (data-item), rejection, order-appointment, calendar-file,
 *              change-time, enter-guardian, mailing, on-its-way, confirm-receive, course, course-step (data-state,
 *              data-look), withdraw, withdraw-reason, confirm-withdraw, not-withdrawable
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
 *              (data-analysis), findings-error (data-code), comparison (data-decision), decision (data-decision), pair
 *              (data-pair, data-decision), mrz (data-valid), fields (data-agrees), field (data-field, data-result),
 *              same-person (data-decision), watch
 * Orders:      nav-queue, nav-calendar, nav-interviews, nav-checks, count-SECTION, queue, capacity (data-taken,
 *              data-capacity), search, tab-waiting, tab-mine, tab-others, tab-all, state-filter (data-state), order-row
 *              (data-order, data-row, data-state), more-orders, take-next, order (data-state, data-version), do-ACTION,
 *              confirm-approve, approve-warnings, confirm-supplement, supplement-text, slot-SLOT, field-FIELD,
 *              confirm-reject, confirm-require, interpreter, confirm-drop, confirm-in-person, confirm-in_person_done,
 *              confirm-produced, confirm-dispatched, way-courier, way-collect, tracking, conflict, done (data-action),
 *              supplement, assign, undo-assign, card-applicant, card-details, card-declaration, card-materials,
 *              card-facecheck, card-proposal, card-interview, card-history, proposal (data-trigger), history (data-to),
 *              open-interview, material-thumb (data-slot), material-absent (data-slot), viewer, viewer-previous,
 *              viewer-next, viewer-place, zoom-pane (data-scale, data-at, data-turns), zoom-in, zoom-out, zoom-whole,
 *              zoom-turn, help, help-dialog, help-line, single-keys
 * Calendar:    calendar (data-view, data-chosen), calendar-week, calendar-day (data-day), calendar-date,
 *              calendar-previous, calendar-next, calendar-today, calendar-entry (data-interview, data-state), chosen
 *              (data-interview), deselect, assign-interview, assign-random, unbooked
 * Conduct:     order-link, side-script, side-findings, side-notes, script, script-item (data-item, data-kind, data-done,
 *              data-required), script-tick, script-answer, script-save, script-take, guardian (data-identified),
 *              relation-RELATION, guardian-capture, identify, guardian-again, hints, hint-HINT (data-urgent, data-told),
 *              told, troubles (data-troubles), tell, officers-hint (data-hint; the party's page), compare-open, compare,
 *              compare-pane (data-pane, data-source), compare-together, compare-face, compare-close, hand-over,
 *              ask-opinion, colleague (data-officer), offered-to, may-take-over, take-over, look-at, opinion
 *              (data-opinion), opinion-agree, opinion-disagree, opinion-reason, send-opinion, opinion-said, obstacle
 *              (data-code), go-to-obstacle */
export const testId = (id: string): { "data-testid": string } => ({ "data-testid": id });
