#include "media/ice/ice_lite.h"
#include "tests/unit/media/ice_client.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define THEIRS "clnt"

static struct path some_path(int family)
{
    struct path path;
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(40000)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(40000)};
    inet_pton(AF_INET, "192.0.2.7", &v4.sin_addr);
    inet_pton(AF_INET6, "2001:db8::7", &v6.sin6_addr);
    assert_true(path_set(&path, 0, family == AF_INET ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6));
    return path;
}

/* What a request came to, and the code of the reply as the client reads it. */
struct outcome {
    enum ice_verdict verdict;
    int code;
    bool use_candidate;
};

static struct outcome ask(struct ice_lite *ice, const struct check *check, int family)
{
    struct checker checker;
    struct ice_reply reply = {0};
    struct path path = some_path(family);
    checker_make(&checker, check);
    struct outcome outcome = {.verdict = ice_lite_input(ice, &path, checker.bytes, checker.length, &reply)};
    if (outcome.verdict != ICE_REFUSED) {
        outcome.code = checker_read(&checker, reply.bytes, reply.length, &path.remote.any, path_remote_length(&path));
        outcome.use_candidate = reply.use_candidate;
    }
    return outcome;
}

static struct check right_check(const struct ice_lite *ice)
{
    return (struct check){.ufrag = ice->current.ufrag, .remote_ufrag = THEIRS, .pwd = ice->current.pwd};
}

static void credentials_are_new_each_time_and_made_of_ice_characters(void **state)
{
    (void)state;
    struct ice_lite a, b;
    ice_lite_init(&a, THEIRS);
    ice_lite_init(&b, THEIRS);
    assert_string_not_equal(a.current.ufrag, b.current.ufrag);
    assert_string_not_equal(a.current.pwd, b.current.pwd);
    assert_int_equal(strlen(a.current.ufrag), ICE_UFRAG_LENGTH);
    assert_int_equal(strlen(a.current.pwd), ICE_PWD_LENGTH);
    for (const char *c = a.current.pwd; *c; c++) {
        assert_true(g_ascii_isalnum(*c) || *c == '+' || *c == '/');
    }
}

static void an_authentic_check_is_answered_with_the_address_it_came_from(void **state)
{
    (void)state;
    const int families[] = {AF_INET, AF_INET6};
    for (size_t i = 0; i < G_N_ELEMENTS(families); i++) {
        struct ice_lite ice;
        ice_lite_init(&ice, THEIRS);
        struct check check = right_check(&ice);
        struct outcome outcome = ask(&ice, &check, families[i]);
        assert_int_equal(outcome.verdict, ICE_PASSED);
        assert_int_equal(outcome.code, 0);
        assert_false(outcome.use_candidate);
        check.use_candidate = true;
        assert_true(ask(&ice, &check, families[i]).use_candidate);
    }
}

static void whoever_does_not_know_the_password_gets_no_answer(void **state)
{
    (void)state;
    struct ice_lite ice, before;
    ice_lite_init(&ice, THEIRS);
    before = ice;
    const struct check right = right_check(&ice);
    struct check wrong_pwd = right, wrong_ufrag = right, wrong_remote = right, empty_pwd = right, no_crc = right;
    wrong_pwd.pwd = "wrongwrongwrongwrongwron";
    wrong_ufrag.ufrag = "unknown0";
    wrong_remote.remote_ufrag = "other";
    empty_pwd.pwd = "";
    no_crc.without_fingerprint = true;
    const struct check *wrong[] = {&wrong_pwd, &wrong_ufrag, &wrong_remote, &empty_pwd, &no_crc};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        assert_int_equal(ask(&ice, wrong[i], AF_INET).verdict, ICE_REFUSED);
    }
    assert_memory_equal(&ice, &before, sizeof ice);
}

/* Without an ICE restart the place of the retired credentials is all zeros: they must not be a user and a key. */
static void an_empty_retired_slot_lets_nobody_in(void **state)
{
    (void)state;
    const uint8_t zeros[ICE_PWD_LENGTH] = {0}, username[ICE_UFRAG_LENGTH + 1] = {[ICE_UFRAG_LENGTH] = ':'};
    struct ice_lite ice;
    struct ice_reply reply;
    struct path path = some_path(AF_INET);
    StunAgent agent;
    StunMessage message;
    uint8_t bytes[256];
    ice_lite_init(&ice, THEIRS);
    stun_agent_init(&agent, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389, checker_usage(true));
    stun_agent_init_request(&agent, &message, bytes, sizeof bytes, STUN_BINDING);
    stun_message_append_bytes(&message, STUN_ATTRIBUTE_USERNAME, username, sizeof username);
    size_t length = stun_agent_finish_message(&agent, &message, zeros, sizeof zeros);
    assert_int_equal(ice_lite_input(&ice, &path, bytes, length, &reply), ICE_REFUSED);
}

static void a_single_flipped_bit_or_missing_byte_is_refused(void **state)
{
    (void)state;
    struct ice_lite ice;
    ice_lite_init(&ice, THEIRS);
    const struct check check = right_check(&ice);
    struct checker checker;
    struct ice_reply reply;
    struct path path = some_path(AF_INET);
    checker_make(&checker, &check);
    for (size_t i = 0; i < checker.length * 8; i++) {
        checker.bytes[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_int_equal(ice_lite_input(&ice, &path, checker.bytes, checker.length, &reply), ICE_REFUSED);
        checker.bytes[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    for (size_t length = 0; length < checker.length; length++) {
        g_autofree uint8_t *exact = g_memdup2(checker.bytes, length);
        assert_int_equal(ice_lite_input(&ice, &path, exact, length, &reply), ICE_REFUSED);
    }
    assert_int_equal(ice_lite_input(&ice, &path, checker.bytes, checker.length, &reply), ICE_PASSED);
}

static void who_claims_the_controlled_role_is_told_to_change_it(void **state)
{
    (void)state;
    struct ice_lite ice;
    ice_lite_init(&ice, THEIRS);
    struct check check = right_check(&ice);
    check.controlled = true;
    struct outcome outcome = ask(&ice, &check, AF_INET);
    assert_int_equal(outcome.verdict, ICE_REJECTED);
    assert_int_equal(outcome.code, 487); /* RFC 8445 §7.3.1.1 */
    check.controlled = false;
    assert_int_equal(ask(&ice, &check, AF_INET).verdict, ICE_PASSED);
}

static void an_attribute_that_must_be_understood_and_is_not_gets_420(void **state)
{
    (void)state;
    struct ice_lite ice;
    ice_lite_init(&ice, THEIRS);
    struct check check = right_check(&ice);
    check.unknown_attribute = 0x7abc;
    struct outcome outcome = ask(&ice, &check, AF_INET);
    assert_int_equal(outcome.verdict, ICE_REJECTED);
    assert_int_equal(outcome.code, 420);
    check.pwd = "wrongwrongwrongwrongwron";
    assert_int_equal(ask(&ice, &check, AF_INET).verdict, ICE_REFUSED);
    check = right_check(&ice);
    check.unknown_attribute = 0xc057; /* Chromium's, comprehension-optional */
    assert_int_equal(ask(&ice, &check, AF_INET).verdict, ICE_PASSED);
}

static void responses_and_indications_are_not_answered(void **state)
{
    (void)state;
    struct ice_lite ice;
    ice_lite_init(&ice, THEIRS);
    const struct check check = right_check(&ice);
    struct checker checker;
    struct ice_reply reply, ignored;
    struct path path = some_path(AF_INET);
    checker_make(&checker, &check);
    assert_int_equal(ice_lite_input(&ice, &path, checker.bytes, checker.length, &reply), ICE_PASSED);
    assert_int_equal(ice_lite_input(&ice, &path, reply.bytes, reply.length, &ignored), ICE_REFUSED);

    StunAgent agent;
    StunMessage message;
    uint8_t bytes[256];
    stun_agent_init(&agent, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389, checker_usage(true));
    stun_agent_init_indication(&agent, &message, bytes, sizeof bytes, STUN_BINDING);
    size_t length = stun_agent_finish_message(&agent, &message, NULL, 0);
    assert_int_equal(ice_lite_input(&ice, &path, bytes, length, &ignored), ICE_REFUSED);
}

static void after_a_restart_the_old_credentials_answer_until_the_new_ones_have_passed(void **state)
{
    (void)state;
    struct ice_lite ice;
    ice_lite_init(&ice, THEIRS);
    const struct ice_credentials old = ice.current;
    const struct check old_check = {.ufrag = old.ufrag, .remote_ufrag = THEIRS, .pwd = old.pwd};
    assert_int_equal(ask(&ice, &old_check, AF_INET).verdict, ICE_PASSED);

    ice_lite_restart(&ice, "nw01");
    const struct ice_credentials skipped = ice.current;
    ice_lite_restart(&ice, "nw02"); /* the client asked again before it used the first */
    const struct check skipped_check = {.ufrag = skipped.ufrag, .remote_ufrag = "nw01", .pwd = skipped.pwd};
    const struct check mixed = {.ufrag = old.ufrag, .remote_ufrag = "nw02", .pwd = old.pwd};
    assert_int_equal(ask(&ice, &old_check, AF_INET).verdict, ICE_PASSED);
    assert_int_equal(ask(&ice, &skipped_check, AF_INET).verdict, ICE_REFUSED);
    assert_int_equal(ask(&ice, &mixed, AF_INET).verdict, ICE_REFUSED);

    const struct check new_check = {.ufrag = ice.current.ufrag, .remote_ufrag = "nw02", .pwd = ice.current.pwd};
    struct check forged = new_check;
    forged.pwd = old.pwd;
    assert_int_equal(ask(&ice, &forged, AF_INET).verdict, ICE_REFUSED);
    assert_int_equal(ask(&ice, &old_check, AF_INET).verdict, ICE_PASSED);
    assert_int_equal(ask(&ice, &new_check, AF_INET).verdict, ICE_PASSED);
    assert_int_equal(ask(&ice, &old_check, AF_INET).verdict, ICE_REFUSED);
}

static void the_ufrag_can_be_read_before_anything_is_checked(void **state)
{
    (void)state;
    char ufrag[ICE_UFRAG_LENGTH + 1];
    struct checker checker;
    const struct {
        const char *ufrag;
        bool found;
    } cases[] = {{"abcdefgh", true}, {"abcdefg", false}, {"abcdefghi", false}, {"", false}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct check check = {.ufrag = cases[i].ufrag, .remote_ufrag = THEIRS, .pwd = "pwd"};
        checker_make(&checker, &check);
        assert_int_equal(ice_lite_peek_ufrag(checker.bytes, checker.length, ufrag), cases[i].found);
        if (cases[i].found) {
            assert_string_equal(ufrag, cases[i].ufrag);
        }
    }
    for (size_t length = 0; length < checker.length; length++) {
        g_autofree uint8_t *exact = g_memdup2(checker.bytes, length);
        assert_false(ice_lite_peek_ufrag(exact, length, ufrag));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credentials_are_new_each_time_and_made_of_ice_characters),
        cmocka_unit_test(an_authentic_check_is_answered_with_the_address_it_came_from),
        cmocka_unit_test(whoever_does_not_know_the_password_gets_no_answer),
        cmocka_unit_test(an_empty_retired_slot_lets_nobody_in),
        cmocka_unit_test(a_single_flipped_bit_or_missing_byte_is_refused),
        cmocka_unit_test(who_claims_the_controlled_role_is_told_to_change_it),
        cmocka_unit_test(an_attribute_that_must_be_understood_and_is_not_gets_420),
        cmocka_unit_test(responses_and_indications_are_not_answered),
        cmocka_unit_test(after_a_restart_the_old_credentials_answer_until_the_new_ones_have_passed),
        cmocka_unit_test(the_ufrag_can_be_read_before_anything_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
