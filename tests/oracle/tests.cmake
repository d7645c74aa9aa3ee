# Other parsers judge the front end. Statements whose differences were read and found to be the oracle's are left out of
# the files. Skipped (77) where the oracle is not installed.
# `./dev test` puts it into build/venv.
find_program(SL_ORACLE_PYTHON python3 PATHS ${CMAKE_SOURCE_DIR}/build/venv/bin NO_DEFAULT_PATH)
if(NOT SL_ORACLE_PYTHON)
    set(SL_ORACLE_PYTHON ${Python3_EXECUTABLE} CACHE FILEPATH "Python with sqlglot" FORCE)
endif()
foreach(dialect mysql sqlite)
    add_test(NAME oracle/sqlglot-${dialect} COMMAND ${SL_ORACLE_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/names_sqlglot.py
        $<TARGET_FILE:understand_jsonl> ${dialect} ${CMAKE_CURRENT_LIST_DIR}/${dialect}.jsonl)
    set_tests_properties(oracle/sqlglot-${dialect} PROPERTIES LABELS oracle SKIP_RETURN_CODE 77)
endforeach()
