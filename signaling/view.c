#include "signaling/view.h"

#include "signaling/instant.h"
#include "signaling/interview.h"
#include "signaling/ticket.h"
#include "signaling/wording.h"

const char *view_role_name(enum store_role role)
{
    static const char *const names[] = {"applicant", "guardian", "interpreter", "officer"};
    return names[role];
}

static const char *media_name(const struct view_party *party)
{
    static const char *const names[] = {"connecting", "connected", "away", "none"};
    return party->media_joined ? names[party->media] : "none";
}

bool view_shows(const struct store_party *party)
{
    return party->role != STORE_OFFICER || party->admitted;
}

static const struct view_party *find_self(const struct view_facts *facts, const struct rpc_caller *viewer)
{
    for (size_t i = 0; i < facts->party_count; i++) {
        const struct store_party *party = facts->parties[i].party;
        const bool same = viewer->role == RPC_OFFICER
                              ? party->role == STORE_OFFICER && g_strcmp0(party->officer, viewer->officer) == 0
                              : g_strcmp0(party->id, viewer->party) == 0;
        if (same && view_shows(party)) {
            return &facts->parties[i];
        }
    }
    return NULL;
}

const struct store_party *view_self(const struct view_facts *facts, const struct rpc_caller *viewer)
{
    const struct view_party *self = find_self(facts, viewer);
    return self != NULL ? self->party : NULL;
}

json_t *view_mission(const struct store_mission *mission)
{
    const struct wording name = wording_of_mission(mission);
    return json_pack("{s:s, s:{s:s, s:s, s:s}, s:s}", "id", mission->id, "name", "en", wording_for(&name, "en"),
                     "zh-Hans", wording_for(&name, "zh-Hans"), "zh-Hant", wording_for(&name, "zh-Hant"), "time_zone",
                     mission->time_zone);
}

json_t *view_officer(const struct store_officer *officer, const struct store_mission *mission)
{
    return json_pack("{s:s, s:s, s:o}", "id", officer->id, "name", officer->name, "mission", view_mission(mission));
}

static json_t *view_party(const struct view_party *party)
{
    const struct store_party *row = party->party;
    return json_pack("{s:s, s:s, s:s?, s:b, s:o, s:b, s:b, s:s}", "id", row->id, "role", view_role_name(row->role),
                     "name", row->name, "present", party->present_since_us != 0, "presence_since",
                     instant_json(party->present_since_us), "ready", row->ready, "admitted", row->admitted, "media",
                     media_name(party));
}

/* Parties are always in their interview; an officer may look on. */
static json_t *view_you(const struct view_party *self)
{
    return json_pack("{s:s?, s:s}", "party_id", self != NULL ? self->party->id : NULL, "role",
                     view_role_name(self != NULL ? self->party->role : STORE_OFFICER));
}

json_t *view_officer_name(const char *id, const char *name)
{
    return id != NULL ? json_pack("{s:s, s:s?}", "id", id, "name", name) : json_null();
}

static json_t *view_guardian(const struct store_guardianship *guardian)
{
    return guardian->party == NULL ? json_null()
                                   : json_pack("{s:s, s:s, s:s, s:o, s:s?}", "party_id", guardian->party, "relation",
                                               guardian->relation, "capture_id", guardian->capture, "at",
                                               instant_json(guardian->at_us), "officer_name", guardian->officer_name);
}

static json_t *view_opinion(const struct store_opinion *opinion)
{
    return opinion->officer == NULL ? json_null()
                                    : json_pack("{s:o, s:o, s:s?, s:s?, s:o}", "officer",
                                                view_officer_name(opinion->officer, opinion->officer_name), "asked_at",
                                                instant_json(opinion->asked_us), "opinion", opinion->opinion, "reason",
                                                opinion->reason, "at", instant_json(opinion->given_us));
}

static json_t *view_offer(const struct call_offer *offer)
{
    if (offer == NULL) {
        return json_null();
    }
    json_t *view = view_officer_name(offer->officer, offer->name);
    json_object_set_new(view, "expires_at", instant_json(offer->expires_us));
    return view;
}

/* Adds to `view` how the interview is conducted, which is the officers' affair. */
static void add_conduct(json_t *view, const struct view_facts *facts, bool officer)
{
    static const struct store_conduct none;
    const struct store_conduct *conduct = officer ? facts->conduct : &none;
    json_t *more = json_pack("{s:b, s:o, s:o, s:o, s:o}", "guardian_needed", facts->interview->guardian_needed,
                             "guardian", view_guardian(&conduct->guardian), "assigned",
                             view_officer_name(conduct->assigned, conduct->assigned_name), "opinion",
                             view_opinion(&conduct->opinion), "offered", view_offer(officer ? facts->offer : NULL));
    json_object_update_missing(view, more);
    json_decref(more);
}

json_t *view_interview(const struct view_facts *facts, const struct rpc_caller *viewer)
{
    const struct store_interview *row = facts->interview;
    const struct view_party *self = find_self(facts, viewer);
    const bool officer = viewer->role == RPC_OFFICER;
    json_t *parties = json_array();
    for (size_t i = 0; i < facts->party_count; i++) {
        if (view_shows(facts->parties[i].party)) {
            json_array_append_new(parties, view_party(&facts->parties[i]));
        }
    }
    json_t *view = json_pack("{s:s, s:I, s:o, s:s, s:s, s:s}", "id", row->id, "version", (json_int_t)facts->version,
                             "mission", view_mission(facts->mission), "order_ref", row->order_ref, "document",
                             row->document, "state", interview_state_name(row->state));
    json_t *more = json_pack("{s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:{s:b}, s:s?, s:s?}", "scheduled_at",
                             instant_json(row->scheduled_us), "length_min", (int)row->length_min, "opens_at",
                             instant_json(row->scheduled_us != 0 ? facts->opens_us : 0), "state_since",
                             instant_json(row->state_since_us), "waiting_since", instant_json(row->waiting_since_us),
                             "ring_expires_at", instant_json(row->ring_expires_us), "parties", parties, "you",
                             view_you(self), "media", "joined", self != NULL && self->media_joined, "outcome",
                             officer ? row->outcome : NULL, "reason", officer ? row->reason : NULL);
    json_object_update_missing(view, more);
    json_decref(more);
    add_conduct(view, facts, officer);
    return view;
}

json_t *view_note(const struct store_note *note, const char *officer_name)
{
    return json_pack("{s:s, s:o, s:s, s:s?}", "id", note->id, "at", instant_json(note->at_us), "officer_name",
                     officer_name, "text", note->text);
}

static json_t *hex(const uint8_t hash[32])
{
    char text[65];
    for (size_t i = 0; i < 32; i++) {
        g_snprintf(text + 2 * i, 3, "%02x", hash[i]);
    }
    return json_string(text);
}

json_t *view_capture(const struct store_capture *capture, enum store_role party_role, const char *officer_name)
{
    json_t *view = json_pack("{s:s, s:i, s:s, s:s, s:s, s:o, s:i, s:i, s:s}", "id", capture->id, "seq",
                             (int)capture->seq, "kind", capture->kind, "party_id", capture->party, "party_role",
                             view_role_name(party_role), "captured_at", instant_json(capture->captured_us), "width",
                             (int)capture->width, "height", (int)capture->height, "codec", capture->codec);
    json_t *evidence = json_pack("{s:s, s:s, s:I, s:I, s:o, s:o, s:I, s:s}", "room", capture->room, "dtls_fingerprint",
                                 capture->dtls_fingerprint, "ssrc", (json_int_t)capture->ssrc, "rtp_timestamp",
                                 (json_int_t)capture->rtp_timestamp, "frame_sha256", hex(capture->frame_sha256),
                                 "file_sha256", hex(capture->file_sha256), "file_bytes",
                                 (json_int_t)capture->file_bytes, "officer_name", officer_name);
    json_object_update_missing(view, evidence);
    json_decref(evidence);
    return view;
}

json_t *view_link(const struct config *config, const struct store_party *party, const char *ticket, int64_t expires_us)
{
    char *link = ticket_link(config, ticket);
    json_t *view = json_pack("{s:s, s:s, s:s, s:s, s:o}", "party_id", party->id, "role", view_role_name(party->role),
                             "ticket", ticket, "link", link, "expires_at", instant_json(expires_us));
    store_secret_free(link);
    return view;
}
