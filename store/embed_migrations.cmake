# Writes OUTPUT, a C file with the text of every file in MIGRATIONS (NNN_name.sql), in the order of their numbers.
list(SORT MIGRATIONS COMPARE NATURAL)
set(texts "")
set(rows "")
foreach(file IN LISTS MIGRATIONS)
    get_filename_component(name ${file} NAME_WE)
    if(NOT name MATCHES "^([0-9][0-9][0-9])_[a-z_]+$")
        message(FATAL_ERROR "${file}: a migration is named NNN_name.sql")
    endif()
    string(REGEX REPLACE "^0+" "" number ${CMAKE_MATCH_1})
    file(READ ${file} bytes HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
    string(APPEND texts "static const unsigned char sql_${number}[] = {${bytes}0};\n")
    string(APPEND rows "    {${number}, \"${name}\", (const char *)sql_${number}},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"store/migrate.h\"\n\n${texts}\n"
                     "const struct migration migrations[] = {\n${rows}};\n"
                     "const size_t migration_count = sizeof(migrations) / sizeof(migrations[0]);\n")
