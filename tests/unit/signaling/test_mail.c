/* Mails: headers that every server reads, text that none can break. */
#include "signaling/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdint.h>
#include <string.h>

static char *compose(const char *subject, const char *text)
{
    const struct mail mail = {.id = "k3v7q2m5x4",
                              .from = "noreply@viva.example",
                              .to = "zhang@example.org",
                              .subject = subject,
                              .text = text,
                              .date_us = INT64_C(1793539800) * G_USEC_PER_SEC};
    return mail_compose(&mail);
}

static void every_line_is_short_ascii_and_ends_as_it_must(void **state)
{
    (void)state;
    g_autofree char *word = g_strnfill(300, 'x');
    g_autofree char *subject = g_strconcat("视频面谈已预约，请按时参加，并备好证件，谢谢您的配合与理解", word, NULL);
    g_autofree char *mail = compose(subject, "您的订单\n.\n\nline");
    assert_true(g_str_is_ascii(mail));
    g_auto(GStrv) lines = g_strsplit(mail, "\r\n", -1);
    for (unsigned i = 0; lines[i] != NULL; i++) {
        assert_true(strlen(lines[i]) <= 78);
        assert_null(strpbrk(lines[i], "\r\n"));
    }
    assert_true(g_str_has_prefix(mail, "Date: Sun, 1 Nov 2026 13:30:00 +0000\r\n"));
    assert_non_null(strstr(mail, "\r\nTo: <zhang@example.org>\r\n"));
    assert_non_null(strstr(mail, "\r\nMessage-ID: <k3v7q2m5x4@viva.example>\r\n"));
    assert_non_null(strstr(mail, "\r\nAuto-Submitted: auto-generated\r\n"));
}

/* The words of the subject, put together as a reader does (RFC 2047 §6.2): each must be whole UTF-8 by itself. */
static char *read_subject(const char *mail)
{
    GString *subject = g_string_new(NULL);
    const char *at = strstr(mail, "Subject: ") + strlen("Subject: ");
    const char *end = strstr(at, "\r\nMIME-Version");
    while ((at = strstr(at, "=?UTF-8?B?")) != NULL && at < end) {
        at += strlen("=?UTF-8?B?");
        g_autofree char *encoded = g_strndup(at, strcspn(at, "?"));
        size_t length;
        g_autofree unsigned char *bytes = g_base64_decode(encoded, &length);
        assert_true(g_utf8_validate((const char *)bytes, (gssize)length, NULL));
        assert_true(strlen(encoded) + strlen("=?UTF-8?B?") + 2 <= 75);
        g_string_append_len(subject, (const char *)bytes, (gssize)length);
    }
    return g_string_free(subject, FALSE);
}

static char *read_text(const char *mail)
{
    size_t length;
    g_autofree unsigned char *bytes = g_base64_decode(strstr(mail, "\r\n\r\n"), &length);
    return g_strndup((const char *)bytes, length);
}

static void it_reads_as_it_was_written(void **state)
{
    (void)state;
    static const char *const subjects[] = {"a", "视频面谈已预约，请按时参加，并备好证件，谢谢您的配合与理解",
                                           "x\r\nBcc: <b@example.org>", "🎫🎫🎫🎫🎫🎫🎫🎫🎫🎫🎫🎫🎫🎫"};
    for (unsigned i = 0; i < G_N_ELEMENTS(subjects); i++) {
        g_autofree char *mail = compose(subjects[i], "第一段\n.\n第二段");
        g_autofree char *subject = read_subject(mail), *text = read_text(mail);
        assert_string_equal(subject, subjects[i]);
        assert_string_equal(text, "第一段\r\n.\r\n第二段");
        assert_null(strstr(mail, "\nBcc"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_is_short_ascii_and_ends_as_it_must),
        cmocka_unit_test(it_reads_as_it_was_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
