# sl_dependencies: the libraries of docs/architecture.md, static where SL_STATIC asks for it.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

if(SL_STATIC)
    set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
endif()

add_library(sl_dependencies INTERFACE)

# libpg_query ships no .pc file. It exports the protobuf-c symbols itself, so it stands first and only the header of
# libprotobuf-c is needed.
find_path(PG_QUERY_INCLUDE_DIR pg_query.h REQUIRED)
find_library(PG_QUERY_LIBRARY NAMES libpg_query.a pg_query REQUIRED)
target_include_directories(sl_dependencies SYSTEM INTERFACE ${PG_QUERY_INCLUDE_DIR})
target_link_libraries(sl_dependencies INTERFACE ${PG_QUERY_LIBRARY})

find_library(SQLITE3_LIBRARY NAMES sqlite3 REQUIRED)
find_library(CYAML_LIBRARY NAMES cyaml REQUIRED)
find_library(YAML_LIBRARY NAMES yaml REQUIRED)
find_library(XXHASH_LIBRARY NAMES xxhash REQUIRED)
find_library(UTF8PROC_LIBRARY NAMES utf8proc REQUIRED)
find_library(Z_LIBRARY NAMES z REQUIRED)
find_library(ZSTD_LIBRARY NAMES zstd REQUIRED)
target_link_libraries(sl_dependencies INTERFACE ${SQLITE3_LIBRARY} ${CYAML_LIBRARY} ${YAML_LIBRARY}
    ${XXHASH_LIBRARY} ${UTF8PROC_LIBRARY} ${Z_LIBRARY} ${ZSTD_LIBRARY} m Threads::Threads ${CMAKE_DL_LIBS})
if(SL_STATIC)
    target_compile_definitions(sl_dependencies INTERFACE UTF8PROC_STATIC)
endif()

# Logs packed with bzip2 are read where the library is there.
find_library(BZIP2_LIBRARY NAMES bz2)
if(BZIP2_LIBRARY)
    target_link_libraries(sl_dependencies INTERFACE ${BZIP2_LIBRARY})
    target_compile_definitions(sl_dependencies INTERFACE SL_HAVE_BZIP2)
endif()
