/* What the settings point at: the master key, the pages, the links. */
#include "signaling/config.h"

#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_BYTES     32
#define KEY_HEX_CHARS (2 * KEY_BYTES)

#define PASSWORD_BYTES_MAX 256

static bool key_error(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool key_error(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_MASTER_KEY, "%s", message);
    return false;
}

static bool key_from_hex(const char *hex, size_t length, uint8_t key[KEY_BYTES])
{
    size_t written = 0;
    uint8_t bytes[KEY_BYTES];
    if (length != KEY_HEX_CHARS || sodium_hex2bin(bytes, sizeof bytes, hex, length, NULL, &written, NULL) != 0 ||
        written != sizeof bytes) {
        return false;
    }
    memcpy(key, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
    return true;
}

static bool key_file_is_private(const char *path, int descriptor, GError **error)
{
    struct stat info;
    if (fstat(descriptor, &info) != 0) {
        return key_error(error, "%s: %s", path, g_strerror(errno));
    }
    if (!S_ISREG(info.st_mode)) {
        return key_error(error, "%s is not a regular file", path);
    }
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return key_error(error, "%s has mode %04o, so others may read it; chmod 0600 it", path,
                         (unsigned)info.st_mode & 07777u);
    }
    if (info.st_uid != geteuid() && info.st_uid != 0) {
        return key_error(error, "%s belongs to user %u; chown it to the user of the service", path,
                         (unsigned)info.st_uid);
    }
    return true;
}

static bool key_from_file(const char *path, uint8_t key[KEY_BYTES], GError **error)
{
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) {
        return key_error(error, "%s: %s; make one with `umask 077; head -c 32 /dev/urandom > %s`", path,
                         g_strerror(errno), path);
    }
    char text[KEY_HEX_CHARS + 2]; /* a line feed, and one more to see that it is too long */
    const bool is_private = key_file_is_private(path, descriptor, error);
    ssize_t length = is_private ? read(descriptor, text, sizeof text) : 0;
    close(descriptor);
    if (!is_private) {
        return false;
    }
    bool good = true;
    if (length == KEY_BYTES) {
        memcpy(key, text, KEY_BYTES);
    } else {
        if (length == KEY_HEX_CHARS + 1 && text[KEY_HEX_CHARS] == '\n') {
            length--;
        }
        good = key_from_hex(text, (size_t)MAX(length, 0), key);
    }
    sodium_memzero(text, sizeof text);
    return good || key_error(error, "%s is neither 32 bytes nor 64 hex digits", path);
}

static bool master_key(const struct config *config, uint8_t key[KEY_BYTES], GError **error)
{
    if (config->store.master_key_file != NULL) {
        return key_from_file(config->store.master_key_file, key, error);
    }
    const char *hex = g_getenv("VIVA_MASTER_KEY");
    if (hex == NULL) {
        return key_error(error, "neither [store] master_key_file nor the environment variable VIVA_MASTER_KEY is set");
    }
    return key_from_hex(hex, strlen(hex), key) || key_error(error, "VIVA_MASTER_KEY is not 64 hex digits");
}

bool config_master_key(const struct config *config, uint8_t key[KEY_BYTES], GError **error)
{
    const bool good = master_key(config, key, error);
    if (!good) {
        g_prefix_error(error, "master key: ");
    }
    return good;
}

bool config_webhook_secret(const struct config *config, const char *name, uint8_t secret[KEY_BYTES], GError **error)
{
    g_autofree char *file = g_strconcat(name, ".secret", NULL);
    g_autofree char *path = g_build_filename(config->webhook.secrets, file, NULL);
    const bool good = key_from_file(path, secret, error);
    if (!good) {
        g_prefix_error(error, "secret of webhook %s: ", name);
    }
    return good;
}

bool config_sender_password(const struct config *config, char **password, GError **error)
{
    const char *path = config->sender.password_file;
    if (path == NULL) {
        *password = NULL;
        return true;
    }
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    char text[PASSWORD_BYTES_MAX + 1] = "";
    ssize_t length = -1;
    if (descriptor < 0) {
        key_error(error, "%s: %s", path, g_strerror(errno));
    } else if (key_file_is_private(path, descriptor, error)) {
        length = read(descriptor, text, sizeof text - 1);
        text[strcspn(text, "\r\n")] = '\0';
        if (length < 0 || text[0] == '\0') {
            key_error(error, "%s has no password in its first line", path);
            length = -1;
        }
    }
    if (descriptor >= 0) {
        close(descriptor);
    }
    if (length >= 0) {
        *password = g_strdup(text);
    } else {
        g_prefix_error(error, "password of the sender: ");
    }
    sodium_memzero(text, sizeof text);
    return length >= 0;
}

struct store *config_open_store(const struct config *config, GError **error)
{
    uint8_t key[KEY_BYTES];
    if (!config_master_key(config, key, error)) {
        return NULL;
    }
    struct store *store = store_open(config->store.path, key, error);
    sodium_memzero(key, sizeof key);
    return store;
}

/* `configured`, else the installed folder, else, beside build/<preset>/viva, that of the sources. */
static char *find_folder(const char *configured, const char *installed_as, const char *source)
{
    if (configured != NULL) {
        return g_strdup(configured);
    }
    g_autofree char *binary = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(binary != NULL ? binary : "viva");
    char *installed = g_build_filename(folder, "..", "share", "viva", installed_as, NULL);
    if (!g_file_test(installed, G_FILE_TEST_IS_DIR)) {
        char *built = g_build_filename(folder, "..", "..", source, NULL);
        if (g_file_test(built, G_FILE_TEST_IS_DIR)) {
            g_free(installed);
            return built;
        }
        g_free(built);
    }
    return installed;
}

char *config_web_root(const struct config *config)
{
    return find_folder(config->http.web_root, "web", "signaling/web/dist");
}

char *config_messages(const struct config *config)
{
    return find_folder(config->book.messages, "messages", "deploy/messages");
}

char *config_public_url(const struct config *config)
{
    if (config->http.public_url != NULL) {
        return g_strdup(config->http.public_url);
    }
    const struct config_endpoint *listen = &config->http.listen;
    const char *scheme = config->http.certificate != NULL ? "https" : "http";
    const bool six = strchr(listen->address, ':') != NULL;
    return g_strdup_printf("%s://%s%s%s:%u", scheme, six ? "[" : "", listen->address, six ? "]" : "", listen->port);
}
