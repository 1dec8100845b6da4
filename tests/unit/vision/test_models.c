#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <math.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "vision/network/models.h"
#include "vision/vision.h"

static bool installed(void)
{
    if (g_file_test(VIVA_MODELS "/node_modules/onnxruntime-node", G_FILE_TEST_IS_DIR)) {
        return true;
    }
    print_message("skipped: the networks are not installed (deploy/build networks)\n");
    return false;
}

/* ---- the manifest ---- */

/* A folder with this models.json, and node_modules as a link to the real one. */
static char *make_folder(const char *manifest)
{
    char *folder = g_dir_make_tmp("viva-models-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "models.json", NULL);
    g_autofree char *link = g_build_filename(folder, "node_modules", NULL);
    assert_true(g_file_set_contents(path, manifest, -1, NULL));
    g_autofree char *packages = g_canonicalize_filename(VIVA_MODELS "/node_modules", NULL);
    assert_int_equal(symlink(packages, link), 0);
    return folder;
}

static void remove_folder(char *folder)
{
    static const char *const names[] = {"models.json", "node_modules", "copy"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
    g_free(folder);
}

static json_t *read_manifest(void)
{
    json_t *manifest = json_load_file(VIVA_MODELS "/models.json", 0, NULL);
    assert_non_null(manifest);
    return manifest;
}

static void write_manifest(const char *folder, const json_t *manifest)
{
    g_autofree char *path = g_build_filename(folder, "models.json", NULL);
    assert_int_equal(json_dump_file(manifest, path, 0), 0);
}

static json_t *network(json_t *manifest, size_t index)
{
    return json_array_get(json_object_get(manifest, "networks"), index);
}

static void drop_network(json_t *manifest)
{
    json_array_remove(json_object_get(manifest, "networks"), 3);
}
static void swap_networks(json_t *manifest)
{
    json_t *all = json_object_get(manifest, "networks");
    json_t *first = json_incref(json_array_get(all, 0));
    json_array_remove(all, 0);
    json_array_insert_new(all, 1, first);
}
static void drop_licence(json_t *manifest)
{
    json_object_del(network(manifest, 0), "licence");
}
static void drop_training_data(json_t *manifest)
{
    json_object_del(network(manifest, 7), "training_data");
}
static void add_member(json_t *manifest)
{
    json_object_set_new(network(manifest, 2), "surprise", json_true());
}
static void climb_out(json_t *manifest)
{
    json_object_set_new(network(manifest, 1), "file", json_string("../elsewhere.onnx"));
}
static void be_absolute(json_t *manifest)
{
    json_object_set_new(json_object_get(manifest, "characters"), "file", json_string("/etc/passwd"));
}
static void shorten_hash(json_t *manifest)
{
    json_object_set_new(network(manifest, 4), "sha256", json_string("abc"));
}
static void shout_hash(json_t *manifest)
{
    g_autofree char *big = g_strnfill(64, 'A');
    json_object_set_new(network(manifest, 4), "sha256", json_string(big));
}
static void have_five_dimensions(json_t *manifest)
{
    json_object_set_new(json_object_get(network(manifest, 5), "input"), "shape",
                        json_pack("[i, i, i, i, i]", 1, 1, 1, 1, 1));
}
static void have_no_width(json_t *manifest)
{
    json_object_set_new(json_object_get(network(manifest, 5), "input"), "shape",
                        json_pack("[i, i, i, i]", 1, 3, 224, 0));
}
static void have_no_output(json_t *manifest)
{
    json_array_clear(json_object_get(network(manifest, 6), "outputs"));
}
static void have_no_runtime(json_t *manifest)
{
    json_object_clear(json_object_get(manifest, "runtime"));
}

static void test_manifest_that_is_not_as_it_must_be_is_refused(void **state)
{
    (void)state;
    void (*const spoil[])(json_t * manifest) = {
        drop_network,  swap_networks,  drop_licence,    drop_training_data, add_member,
        climb_out,     be_absolute,    shorten_hash,    shout_hash,         have_five_dimensions,
        have_no_width, have_no_output, have_no_runtime,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(spoil); i++) {
        json_t *manifest = read_manifest();
        spoil[i](manifest);
        char *folder = make_folder("{}");
        write_manifest(folder, manifest);
        json_decref(manifest);
        g_autoptr(GError) error = NULL;
        if (models_load(folder, &error) != NULL) {
            fail_msg("spoilt in way %zu, and taken", i);
        }
        assert_int_equal(error->code, VISION_ERROR_CONFIG);
        assert_non_null(strstr(error->message, "models.json"));
        remove_folder(folder);
    }
    char *folder = make_folder("{ not json");
    g_autoptr(GError) error = NULL;
    assert_null(models_load(folder, &error));
    assert_int_equal(error->code, VISION_ERROR_CONFIG);
    remove_folder(folder);
}

/* ---- the files ---- */

static void test_every_file_is_what_the_manifest_says(void **state)
{
    (void)state;
    if (!installed()) {
        return;
    }
    g_autoptr(GError) error = NULL;
    assert_true(vision_models_verify(VIVA_MODELS, &error));
    assert_null(error);
}

/* One byte more, one byte different, or gone: the message names it and says what to do. */
static void test_altered_or_missing_file_is_named(void **state)
{
    (void)state;
    if (!installed()) {
        return;
    }
    json_t *manifest = read_manifest();
    json_t *eye = network(manifest, NETWORK_FACE_EYE);
    g_autofree char *original = g_build_filename(VIVA_MODELS, json_string_value(json_object_get(eye, "file")), NULL);
    char *content;
    size_t length;
    assert_true(g_file_get_contents(original, &content, &length, NULL));
    json_object_set_new(eye, "file", json_string("copy"));
    char *folder = make_folder("{}");
    write_manifest(folder, manifest);
    json_decref(manifest);
    g_autofree char *copy = g_build_filename(folder, "copy", NULL);
    assert_true(g_file_set_contents(copy, content, (gssize)length, NULL));
    assert_true(vision_models_verify(folder, NULL));

    for (int way = 0; way < 3; way++) {
        g_autoptr(GError) error = NULL;
        content[length / 2] ^= 1;
        if (way < 2) {
            assert_true(g_file_set_contents(copy, content, (gssize)length - way, NULL));
        } else {
            g_unlink(copy);
        }
        assert_false(vision_models_verify(folder, &error));
        assert_int_equal(error->code, VISION_ERROR_CONFIG);
        assert_non_null(strstr(error->message, "face_eye"));
        assert_non_null(strstr(error->message, "deploy/build networks"));
        g_autoptr(GError) again = NULL;
        assert_null(networks_load(folder, &again)); /* it checks for itself */
        assert_non_null(strstr(again->message, "face_eye"));
    }
    g_free(content);
    remove_folder(folder);
}

/* ---- running ---- */

static struct networks *networks; /* NULL: not installed */

static int load_networks(void **state)
{
    (void)state;
    GError *error = NULL;
    networks = installed() ? networks_load(VIVA_MODELS, &error) : NULL;
    if (error != NULL) {
        print_error("%s\n", error->message);
    }
    return error != NULL;
}

static int free_networks(void **state)
{
    (void)state;
    networks_free(networks);
    return 0;
}

static void run_eye(float value, float result[2])
{
    float data[24 * 24];
    for (size_t i = 0; i < G_N_ELEMENTS(data); i++) {
        data[i] = value * (float)(i % 7);
    }
    const struct tensor input = {.shape = {1, 1, 24, 24}, .rank = 4, .data = data};
    struct tensor output;
    assert_true(networks_run(networks, NETWORK_FACE_EYE, &input, &output, 1, NULL));
    assert_int_equal(tensor_length(&output), 2);
    memcpy(result, output.data, 2 * sizeof(float));
    g_free(output.data);
}

static void test_input_of_another_shape_is_refused(void **state)
{
    (void)state;
    if (networks == NULL) {
        return;
    }
    g_autofree float *data = g_new0(float, 3 * 64 * 64);
    const struct {
        enum network_id id;
        struct tensor input;
    } wrong[] = {
        {NETWORK_FACE_EYE, {{1, 1, 24, 25}, 4, NULL}},       {NETWORK_FACE_EYE, {{1, 1, 24}, 3, NULL}},
        {NETWORK_FACE_EYE, {{2, 1, 24, 24}, 4, NULL}},       {NETWORK_FACE_LANDMARK, {{1, 3, 64, 64}, 4, NULL}},
        {NETWORK_TEXT_DETECT, {{1, 3, 32, 0}, 4, NULL}},     {NETWORK_TEXT_DETECT, {{1, 3, 32, -32}, 4, NULL}},
        {NETWORK_TEXT_RECOGNISE, {{1, 3, 40, 64}, 4, NULL}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        struct tensor input = wrong[i].input, output = {.rank = 77};
        input.data = data;
        g_autoptr(GError) error = NULL;
        assert_false(networks_run(networks, wrong[i].id, &input, &output, 1, &error));
        assert_int_equal(error->code, VISION_ERROR_DECODE);
        assert_int_equal(output.rank, 77);
    }
}

static void test_text_networks_take_any_size(void **state)
{
    (void)state;
    if (networks == NULL) {
        return;
    }
    g_autofree float *data = g_new0(float, 3 * 96 * 160);
    const struct tensor picture = {.shape = {1, 3, 96, 160}, .rank = 4, .data = data};
    struct tensor output;
    assert_true(networks_run(networks, NETWORK_TEXT_DETECT, &picture, &output, 1, NULL));
    assert_int_equal(output.shape[2], 96);
    assert_int_equal(output.shape[3], 160);
    g_free(output.data);
    const struct tensor line = {.shape = {1, 3, 48, 240}, .rank = 4, .data = data};
    assert_true(networks_run(networks, NETWORK_TEXT_RECOGNISE, &line, &output, 1, NULL));
    assert_int_equal(output.shape[1], 30);
    assert_int_equal(output.shape[2], 6625);
    float sum = 0;
    for (size_t i = 0; i < 6625; i++) {
        sum += output.data[i];
    }
    assert_float_equal(sum, 1, 1e-3);
    g_free(output.data);
}

static void *run_elsewhere(void *data)
{
    run_eye(0.1F, data);
    /* The runtime may flush denormals, but for itself alone. */
    volatile float tiny = 1e-38F;
    tiny /= 10;
    ((float *)data)[2] = tiny;
    return NULL;
}

static void test_result_is_the_same_on_any_thread(void **state)
{
    (void)state;
    if (networks == NULL) {
        return;
    }
    float here[2], again[2], there[3], other[2];
    run_eye(0.1F, here);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run_elsewhere, there), 0);
    pthread_join(thread, NULL);
    run_eye(0.1F, again);
    run_eye(0.2F, other);
    assert_memory_equal(here, there, sizeof here);
    assert_memory_equal(here, again, sizeof here);
    assert_true(fabsf(here[0] - other[0]) > 1e-4F); /* it does look at its input */
    assert_true(there[2] > 0);
}

static void test_characters_are_the_networks_own(void **state)
{
    (void)state;
    if (networks == NULL) {
        return;
    }
    unsigned count;
    const char *const *characters = networks_characters(networks, &count);
    assert_int_equal(count, 6625);
    assert_string_equal(characters[0], "");
    assert_string_equal(characters[1], "'");
    assert_string_equal(characters[count - 1], " ");
    for (unsigned i = 1; i < count; i++) {
        assert_int_equal(g_utf8_strlen(characters[i], -1), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_manifest_that_is_not_as_it_must_be_is_refused),
        cmocka_unit_test(test_every_file_is_what_the_manifest_says),
        cmocka_unit_test(test_altered_or_missing_file_is_named),
        cmocka_unit_test(test_input_of_another_shape_is_refused),
        cmocka_unit_test(test_text_networks_take_any_size),
        cmocka_unit_test(test_result_is_the_same_on_any_thread),
        cmocka_unit_test(test_characters_are_the_networks_own),
    };
    return cmocka_run_group_tests(tests, load_networks, free_networks);
}
